import type { Effect } from "./mcp-batcher-error.ts";
import { describeCause } from "./describe-cause.ts";
import { isLongerThan } from "./is-longer-than.ts";
import type { OperationError } from "./operation.ts";
import { plainText } from "./plain-text.ts";
import type { ToolResult } from "./tool-caller.ts";

/** How a call ended, before it is known for whom. `json` is the result as text: each who joined gets a copy. */
export type CallEnd =
  | { readonly ok: true; readonly result: ToolResult; readonly json: string }
  | { readonly ok: false; readonly error: OperationError; readonly effect: Effect; readonly result?: ToolResult };

const maxMessageLength = 2_000;

/** Judges what a tool answered: usable, the tool's own failure, too large, or not an answer at all. [M11][M12] */
export function readResult(result: ToolResult, maxOutputBytes: number): CallEnd {
  let json: string;
  try {
    if (!Array.isArray(result.content)) throw new TypeError("content is not a list");
    json = JSON.stringify(result);
  } catch (cause) {
    return {
      ok: false,
      effect: "unknown",
      error: {
        code: "malformed_result",
        message: `The answer is not a tool result: ${describeCause(cause)}`,
        hint: "Report it to the maker of the server; after a write, read back what it did.",
      },
    };
  }
  if (isLongerThan(json, maxOutputBytes)) {
    return {
      ok: false,
      effect: "unknown",
      error: {
        code: "output_too_large",
        message: `The answer takes more than ${maxOutputBytes} bytes and was dropped.`,
        hint: "Ask for less (a filter, a page), or raise maxOutputBytes.",
      },
    };
  }
  if (result.isError) {
    return {
      ok: false,
      effect: "none",
      result,
      error: {
        code: "tool_error",
        message: textOf(result.content) || "The tool reported an error without words.",
        hint: "The tool said so itself: change the arguments, not the connection.",
      },
    };
  }
  return { ok: true, result, json };
}

function textOf(content: readonly unknown[]): string {
  const texts = content.map((item) =>
    typeof item === "object" && item !== null && "text" in item && typeof item.text === "string" ? item.text : "",
  );
  return plainText(texts.filter(Boolean).join("\n")).slice(0, maxMessageLength);
}
