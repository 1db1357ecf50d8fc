import { isCodecError } from "./codec-error.ts";
import type { CodecErrorCode } from "./codec-error.ts";
import type { Codes } from "./codebook.ts";
import type { DiagnosticCode } from "./diagnostic.ts";
import { formatLine } from "./format-line.ts";
import type { Signature } from "./signature.ts";

/** A line made of an object, or why there is none. */
export type ObjectForm =
  | { readonly ok: true; readonly line: string }
  | { readonly ok: false; readonly code: DiagnosticCode; readonly found: string; readonly hint: string };

/** Makes the line of a command that was written as one object with the keys of its template. [C39]
 *
 * The command is named by `op` or `code`; without either, the keys must be all those of one template and of no other. */
export function readObjectForm(codes: Codes, object: Readonly<Record<string, unknown>>): ObjectForm {
  const keys = Object.keys(object);
  const named = ["op", "code"].filter((key) => keys.includes(key));
  if (named.length > 1) return refuse("unknown_key", named[1] ?? "", "Name the command once, by op.");
  const name = named[0] === undefined ? undefined : object[named[0]];
  const signature = named[0] === undefined ? byKeys(codes, keys) : byName(codes, name);
  if (signature === undefined) {
    return refuse("unknown_code", named[0] === undefined ? "object" : String(name), hintOf(codes));
  }
  const fields = new Set(["cid", ...named, ...signature.fields.map((field) => field.name)]);
  const extra = keys.find((key) => !fields.has(key));
  if (extra !== undefined) {
    const known = signature.fields.map((field) => field.name).join(", ");
    return refuse("unknown_key", extra, `${signature.op} has the fields ${known}. Leave out ${extra}.`);
  }
  try {
    return { ok: true, line: formatLine(codes, { ...object, op: signature.op }) };
  } catch (error) {
    if (!isCodecError(error)) throw error;
    return refuse(diagnosticCodes[error.code], "object", error.message);
  }
}

const diagnosticCodes: Readonly<Record<CodecErrorCode, DiagnosticCode>> = {
  UNKNOWN_OP: "unknown_code",
  BAD_CID: "bad_cid",
  MISSING_FIELD: "missing_field",
  WRONG_TYPE: "wrong_kind",
  OUT_OF_RANGE: "out_of_range",
  TOO_DEEP: "too_deep",
  TOO_LONG: "too_long",
  TOO_MANY_FIELDS: "too_many_fields",
  BAD_TEMPLATE: "unknown_code",
};

function byName({ byOp }: Codes, name: unknown): Signature | undefined {
  return Array.from(byOp.values()).find(({ op, code }) => op === name || code === name);
}

function byKeys({ byOp }: Codes, keys: readonly string[]): Signature | undefined {
  const fits = [...byOp.values()].filter(
    ({ fields }) => fields.length === keys.length && fields.every(({ name }) => keys.includes(name)),
  );
  return fits.length === 1 ? fits[0] : undefined;
}

function hintOf(codes: Codes): string {
  return `Write a line such as tc:Title, or name the command by op, one of ${[...codes.byOp.keys()].join(", ")}.`;
}

function refuse(code: DiagnosticCode, found: string, hint: string): ObjectForm {
  return { ok: false, code, found, hint };
}
