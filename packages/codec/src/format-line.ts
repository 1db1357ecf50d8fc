import { isDigit, isLetter } from "./characters.ts";
import type { Codebook } from "./codebook.ts";
import { CodecError } from "./codec-error.ts";
import { formatField } from "./format-field.ts";
import { describe } from "./format-payload.ts";
import { frameOverflowAt } from "./frame-bytes.ts";
import { limits } from "./limits.ts";
import type { Field } from "./signature.ts";

/** Writes one message by a codebook, in its canonical form. [C9][C22] */
export function formatLine(codebook: Codebook, message: object): string {
  const values = message as Readonly<Record<string, unknown>>;
  const op = values["op"];
  const signature = typeof op === "string" ? codebook.byOp.get(op) : undefined;
  if (signature === undefined) {
    const known = [...codebook.byOp.keys()].join(", ");
    throw new CodecError("UNKNOWN_OP", `No ${codebook.direction} has the op ${String(op)}. Use one of ${known}.`);
  }
  const { fields } = signature;
  const cid = values["cid"];
  let line = cid === undefined ? signature.head : `${signature.code}${formatCid(cid)}:`;
  let bars = "";
  for (let index = 0; index < fields.length; index += 1) {
    const { name, kind, required } = fields[index] as Field;
    const value = values[name];
    if (required && (value === undefined || (value === "" && kind === "text"))) {
      throw new CodecError("MISSING_FIELD", `${signature.op} has no ${name}. Give it a value that is not empty.`);
    }
    if (value !== undefined) {
      line += bars + formatField(value, kind, name);
      bars = "";
    }
    bars += "|";
  }
  const extra = values["extra"];
  if (extra !== undefined) line += formatExtra(extra, bars, limits.fields - fields.length);
  if (frameOverflowAt(line) >= 0) {
    throw new CodecError(
      "TOO_LONG",
      `The line of ${signature.op} is longer than ${limits.frameBytes} bytes. Store what is large and send its key.`,
    );
  }
  return line;
}

function formatCid(cid: unknown): string {
  if (cid === undefined) return "";
  if (typeof cid === "string" && cid !== "" && cid.length <= limits.cidLength) {
    let index = 0;
    while (isLetter(cid.charCodeAt(index)) || isDigit(cid.charCodeAt(index))) index += 1;
    if (index === cid.length) return `#${cid}`;
  }
  const shown = typeof cid === "string" ? JSON.stringify(cid) : describe(cid);
  throw new CodecError("BAD_CID", `The cid is ${shown}. Give 1 to ${limits.cidLength} letters or digits.`);
}

function formatExtra(extra: unknown, barsBefore: string, room: number): string {
  if (!Array.isArray(extra)) throw new CodecError("WRONG_TYPE", `extra is ${describe(extra)}. Give an array.`);
  if (extra.length > room) {
    throw new CodecError(
      "TOO_MANY_FIELDS",
      `extra holds ${extra.length} fields and ${room} fit. A line has at most ${limits.fields} fields.`,
    );
  }
  let text = "";
  let bars = barsBefore;
  for (const value of extra as readonly unknown[]) {
    if (value !== undefined) {
      text += bars + formatField(value, "extra", "extra");
      bars = "";
    }
    bars += "|";
  }
  return text;
}
