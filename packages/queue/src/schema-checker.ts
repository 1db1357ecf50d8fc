import { createRequire } from "node:module";
import type { JsonSchema } from "./infer-schema.ts";
import { errorText } from "./error-text.ts";
import { QueueError } from "./queue-error.ts";

/** Says what is wrong with a value, with its place as a JSON pointer; undefined when nothing is. */
export type SchemaCheck = (value: unknown) => string | undefined;

// The slice of ajv that is used. It is loaded when the first schema is: 50 ms that many programs need not pay.
interface Ajv {
  compile(schema: JsonSchema): {
    (value: unknown): boolean;
    errors?: readonly { readonly instancePath: string; readonly message?: string; readonly params?: object }[] | null;
  };
}

let ajv: Ajv | undefined;
const compiled = new WeakMap<JsonSchema, SchemaCheck>();

/** Returns the check of a schema, compiled at its first use and once. Throws QueueError BAD_SCHEMA. [Q27] */
export function schemaCheckOf(schema: JsonSchema): SchemaCheck {
  let check = compiled.get(schema);
  if (check === undefined) {
    check = compile(schema);
    compiled.set(schema, check);
  }
  return check;
}

function compile(schema: JsonSchema): SchemaCheck {
  if (ajv === undefined) {
    const { Ajv2020 } = createRequire(import.meta.url)("ajv/dist/2020.js") as {
      readonly Ajv2020: new (options: object) => Ajv;
    };
    ajv = new Ajv2020({ strict: false, allErrors: false, validateFormats: false });
  }
  try {
    const validate = ajv.compile(schema);
    return (value) => {
      if (validate(value)) return undefined;
      const fault = validate.errors?.[0];
      return `${fault?.instancePath || "/"} ${fault?.message ?? "is wrong"}`;
    };
  } catch (thrown) {
    const message = `A schema of a job cannot be used: ${errorText(thrown)}. Mend it in defineJobs.`;
    throw new QueueError("BAD_SCHEMA", message, { cause: thrown });
  }
}
