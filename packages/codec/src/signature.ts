import { CodecError } from "./codec-error.ts";
import { limits } from "./limits.ts";
import type { FieldKind } from "./message.ts";
import type { Shape } from "./shapes.ts";

/** What a template says, ready to read and write by. */
export interface Signature {
  readonly op: string;
  readonly code: string;
  /** The code and its colon: how a line without a cid begins. */
  readonly head: string;
  readonly fields: readonly Field[];
  /** Makes the message in one go, when that many first fields are present; by that number. */
  readonly shapes: Readonly<Record<number, Shape>>;
}

/** One field of a signature. */
export interface Field {
  readonly name: string;
  readonly kind: FieldKind;
  readonly required: boolean;
}

const headForm = /^([a-z]{2}):/;
const holeForm = /^\{([a-z][a-z0-9_]*)(?::(text|unit|level|number|any))?(!?)\}$/;
// Every object has a `constructor`, so an absent field of that name could not be told from it.
const taken = new Set(["op", "cid", "extra", "constructor"]);

/** Reads a template such as `tc:{title}|{intent_type}|{complexity:level}`. [C20]
 *
 * Names are snake_case, differ, and are none of `op`, `cid`, `extra`, `constructor`. Throws {@link CodecError} `BAD_TEMPLATE`. */
export function readTemplate(op: string, template: string, shapes: Signature["shapes"] = {}): Signature {
  const code = headForm.exec(template)?.[1];
  if (code === undefined) throw bad(template, "it must open with two letters a-z and a colon, as in tc:{title}");
  const holes = template.slice(3).split("|");
  if (holes.length > limits.fields) throw bad(template, `${holes.length} fields; at most ${limits.fields} are allowed`);
  const names = new Set(taken);
  const fields = holes.map((hole, index): Field => {
    const [, name, kind = "text", mark] = holeForm.exec(hole) ?? [];
    if (name === undefined) throw bad(template, `${hole} is no field; write {name} or {name:kind}`);
    if (names.has(name)) throw bad(template, `the name ${name} is taken; choose another`);
    names.add(name);
    return { name, kind: kind as FieldKind, required: index === 0 || mark === "!" };
  });
  return { op, code, head: `${code}:`, fields, shapes };
}

function bad(template: string, why: string): CodecError {
  return new CodecError("BAD_TEMPLATE", `The template ${JSON.stringify(template)} cannot be used: ${why}.`);
}
