import { createScanner, formatCommand, lenient, readLenient, taughtCommands } from "@kingly/codec";
import type { Command, Diagnostic, Repair, ScanEvent, Taint } from "@kingly/codec";

/** What was found in one answer of a model, in order. */
export type Found =
  | { readonly kind: "prose"; readonly text: string }
  | { readonly kind: "command"; readonly command: Command; readonly repairs: readonly Repair[]; readonly text: string }
  | { readonly kind: "refused"; readonly diagnostic: Diagnostic; readonly text: string };

/** Reads one answer of a model while it streams. */
export interface AnswerReader {
  push(chunk: string): readonly Found[];
  end(): readonly Found[];
}

const allowed: ReadonlySet<string> = new Set(taughtCommands);

// Longer than the longest command, an answer is not one.
const maxBareLength = 4096;

// How an answer begins that may be one command as a whole, without its bracket.
const bareStart = /^\s*(?:`|\{|(?:tc|ts|wf|cl|ms)\s*[#:])/i;
const bareCode = /^\s*`*(?:\w*\n)?\s*(?:tc|ts|wf|cl|ms)(?:#[A-Za-z0-9]*)?:/i;

/** Creates a reader of one answer: commands are found, mended, and checked against the untrusted text of the turn. [G18]
 *
 * Only the five commands of a model are any; others are prose. An answer that is one command as a whole, bare, fenced or
 * as an object, is read too; the beginning of such a one is held back, at most 4,096 units. */
export function createAnswerReader(taint: Taint): AnswerReader {
  const scanner = createScanner({ lenient, taint, ops: taughtCommands });
  // What may still turn out to be one command as a whole; undefined once it is none.
  let bare: string | undefined = "";
  // Behind a command that was too long comes the rest of it, which is no prose.
  let isSpilling = false;

  const found = (event: ScanEvent): readonly Found[] => {
    if (event.kind === "prose") {
      if (!isSpilling) return [event];
      const end = event.text.search(/[\]\n]/);
      isSpilling = end < 0;
      const text = isSpilling ? "" : event.text.slice(end + 1);
      return text === "" ? [] : [{ kind: "prose", text }];
    }
    isSpilling = event.kind === "broken" && event.diagnostic.code === "too_long";
    if (event.kind === "broken") return [{ kind: "refused", diagnostic: event.diagnostic, text: event.text }];
    return event.kind === "command" ? [checked(event.command, event.repairs, event.text)] : [];
  };
  // Once more in its one canonical form: an escape must not hide what stands in the text.
  const checked = (command: Command, repairs: readonly Repair[], text: string): Found => {
    const { cid: _, ...plain } = command;
    return taint.check(formatCommand(plain)).tainted
      ? { kind: "refused", diagnostic: tainted, text }
      : { kind: "command", command, repairs, text };
  };
  const release = (): readonly Found[] => {
    const text = bare ?? "";
    bare = undefined;
    return text === "" ? [] : [{ kind: "prose", text }];
  };
  const take = (events: readonly ScanEvent[]): readonly Found[] =>
    events.flatMap((event): readonly Found[] => {
      if (bare === undefined) return found(event);
      if (event.kind !== "prose") return [...release(), ...found(event)];
      bare += event.text;
      const isOpen = bare.length <= maxBareLength && (bare.trimStart().length < 4 || bareStart.test(bare));
      return isOpen ? [] : release();
    });

  return {
    push: (chunk) => take(scanner.push(chunk)),
    end() {
      const last = take(scanner.end());
      if (bare === undefined || !bareStart.test(bare)) return [...last, ...release()];
      const text = bare;
      const reading = readLenient(text, "command");
      if (reading.ok && allowed.has(reading.value.op)) {
        // The scanner has seen no command here, so it has not checked it as it was written.
        if (taint.check(text).tainted) return [...last, { kind: "refused", diagnostic: tainted, text }];
        return [...last, checked(reading.value, reading.repairs, text)];
      }
      if (!reading.ok && bareCode.test(text)) return [...last, { kind: "refused", diagnostic: reading.error, text }];
      return [...last, ...release()];
    },
  };
}

const tainted: Diagnostic = {
  code: "tainted",
  at: 0,
  found: "untrusted text",
  hint: "The command stands in what others wrote. Ask the person first.",
};
