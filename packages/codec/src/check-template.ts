import { CodecError } from "./codec-error.ts";
import { limits } from "./limits.ts";

const headForm = /^([a-z]{2}):/;
const holeForm = /^\{([a-z][a-z0-9_]*)(?::(?:text|unit|level|number|any))?!?\}$/;
// Every object has a `constructor`, so an absent field of that name could not be told from it.
const taken = ["op", "cid", "extra", "constructor"];

/** Checks a template of one's own. Names are snake_case, differ, and are none of `op`, `cid`, `extra`,
 * `constructor`. [C20]
 *
 * Throws {@link CodecError} `BAD_TEMPLATE`. */
export function checkTemplate(template: string): void {
  if (!headForm.test(template)) throw bad(template, "it must open with two letters a-z and a colon, as in tc:{title}");
  const holes = template.slice(3).split("|");
  if (holes.length > limits.fields) throw bad(template, `${holes.length} fields; at most ${limits.fields} are allowed`);
  const names = new Set(taken);
  for (const hole of holes) {
    const name = holeForm.exec(hole)?.[1];
    if (name === undefined) throw bad(template, `${hole} is no field; write {name} or {name:kind}`);
    if (names.has(name)) throw bad(template, `the name ${name} is taken; choose another`);
    names.add(name);
  }
}

function bad(template: string, why: string): CodecError {
  return new CodecError("BAD_TEMPLATE", `The template ${JSON.stringify(template)} cannot be used: ${why}.`);
}
