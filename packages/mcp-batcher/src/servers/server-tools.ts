import { McpBatcherError } from "../mcp-batcher-error.ts";
import type { OperationError } from "../operation.ts";
import type { ToolCall, ToolResult } from "../tool-caller.ts";
import type { Connection, ListedTool } from "./connection.ts";
import { hashTool } from "./hash-tool.ts";
import { judgeSchema } from "./judge-schema.ts";
import type { Judge } from "./judge-schema.ts";
import { describeTool } from "./tool-description.ts";
import type { ToolDescription } from "./tool-description.ts";
import type { FirstSight, PinSet, ToolPins } from "./tool-pins.ts";

/** The tools of one server: listed once for each connection, pinned, and judged by their schemas. */
export interface ServerTools {
  /** Lists the tools of a connection, or gives what it has listed already. */
  list(connection: Connection): Promise<readonly ToolDescription[]>;
  /** What was listed last; undefined before. */
  known(): readonly ToolDescription[] | undefined;
  /** Forgets the list: the next question asks the server again. */
  expire(): void;
  /** Throws an {@link McpBatcherError} when a call may not be made, or its arguments do not fit. */
  check(connection: Connection, call: ToolCall): Promise<void>;
  /** Throws when what a tool gave does not fit its schema. */
  checkResult(call: ToolCall, result: ToolResult): Promise<void>;
  /** Approves the tools whose hashes are given, as they are now; gives their names. */
  approve(hashes: readonly string[]): Promise<readonly string[]>;
}

interface Known {
  readonly listed: ListedTool;
  readonly description: ToolDescription;
  input?: Promise<Judge | undefined>;
  output?: Promise<Judge | undefined>;
}

/** Creates the tools of a server. `onChange` is told when another list came, or some were approved. [M33][M36][M40] */
export function createServerTools(
  deps: { readonly pins: ToolPins; readonly firstSight: FirstSight; readonly onChange: () => void },
  server: string,
): ServerTools {
  let known: ReadonlyMap<string, Known> | undefined;
  let of: Connection | undefined;
  let listing: Promise<readonly ToolDescription[]> | undefined;

  const show = (tools: ReadonlyMap<string, Known>): readonly ToolDescription[] =>
    [...tools.values()].map(({ description }) => description);
  const take = (listed: readonly ListedTool[], pins: PinSet | undefined): void => {
    const before = known;
    known = new Map(
      listed.map((tool) => {
        const hash = hashTool(tool);
        const blocked = findBlock(server, tool.name, hash, pins);
        const description = describeTool(tool, hash, blocked);
        const same = before?.get(tool.name);
        // The same description keeps its compiled schemas.
        return [tool.name, same?.description.hash === hash ? { ...same, description } : { listed: tool, description }];
      }),
    );
    deps.onChange();
  };
  const ask = async (connection: Connection): Promise<readonly ToolDescription[]> => {
    const listed = await connection.listTools();
    let pins = await deps.pins.get(server);
    if (pins === undefined && deps.firstSight === "trust-first-use") {
      pins = Object.fromEntries(listed.map((tool) => [tool.name, hashTool(tool)]));
      await deps.pins.set(server, pins);
    }
    take(listed, pins);
    return show(known ?? new Map());
  };
  const list = (connection: Connection): Promise<readonly ToolDescription[]> => {
    if (of === connection && listing !== undefined) return listing;
    of = connection;
    const mine = ask(connection);
    listing = mine;
    mine.catch(() => {
      if (listing === mine) listing = undefined;
    });
    return mine;
  };
  return {
    list,
    known: () => (known === undefined ? undefined : show(known)),
    expire: () => void (listing = undefined),
    async check(connection, call) {
      await list(connection);
      const tool = known?.get(call.tool);
      if (tool === undefined) {
        throw new McpBatcherError("tool_unknown", `Server "${server}" has no tool "${call.tool}".`, {
          hint: `It has: ${[...(known?.keys() ?? [])].slice(0, 50).join(", ") || "none"}.`,
        });
      }
      const { blocked } = tool.description;
      if (blocked !== undefined) throw new McpBatcherError(blocked.code, blocked.message, { hint: blocked.hint });
      const judge = await (tool.input ??= judgeSchema(tool.listed.inputSchema));
      const fault = judge?.(call.args);
      if (fault === undefined) return;
      const where = fault.path === "" ? "The arguments as a whole" : fault.path;
      throw new McpBatcherError("invalid_arguments", `${server}.${call.tool}: ${where} ${fault.message}.`, {
        hint: "Nothing was sent. Mend it there; the tool's inputSchema says what it takes.",
        path: fault.path,
      });
    },
    async checkResult(call, result) {
      const tool = known?.get(call.tool);
      if (tool?.listed.outputSchema === undefined || result.structured === undefined || result.isError) return;
      const judge = await (tool.output ??= judgeSchema(tool.listed.outputSchema));
      const fault = judge?.(result.structured);
      if (fault === undefined) return;
      throw new McpBatcherError("invalid_result", `${server}.${call.tool}: ${fault.path} ${fault.message}.`, {
        hint: "The tool has run, but its result is not what it promised; after a write, read back what it did.",
        effect: "unknown",
        path: fault.path,
      });
    },
    async approve(hashes) {
      const wanted = new Set(hashes);
      const approved = [...(known?.values() ?? [])].filter(({ description }) => wanted.has(description.hash));
      if (approved.length === 0) return [];
      const pins: PinSet = {
        ...(await deps.pins.get(server)),
        ...Object.fromEntries(approved.map(({ description: { name, hash } }) => [name, hash])),
      };
      await deps.pins.set(server, pins);
      take(
        [...(known?.values() ?? [])].map(({ listed }) => listed),
        pins,
      );
      return approved.map(({ description }) => description.name);
    },
  };
}

function findBlock(server: string, tool: string, hash: string, pins: PinSet = {}): OperationError | undefined {
  const pinned = Object.hasOwn(pins, tool) ? pins[tool] : undefined;
  if (pinned === hash) return undefined;
  const hint = `Read its description; if it is right, approve ${hash}.`;
  return pinned === undefined
    ? { code: "tool_unapproved", message: `Nobody has approved the tool ${server}.${tool}.`, hint }
    : { code: "tool_changed", message: `The description of ${server}.${tool} is not the approved one.`, hint };
}
