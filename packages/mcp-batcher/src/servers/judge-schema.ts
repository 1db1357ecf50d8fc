import type { Ajv, ErrorObject, Options, ValidateFunction } from "ajv";
import { quickPattern } from "./quick-pattern.ts";
import { findSchemaFault } from "./find-schema-fault.ts";

/** What is wrong with a value, where (a JSON Pointer), and what would be right. */
export interface SchemaFault {
  readonly path: string;
  readonly message: string;
}

/** Judges a value; undefined when nothing is wrong. */
export type Judge = (value: unknown) => SchemaFault | undefined;

interface Drafts {
  readonly newer: Ajv;
  readonly older: Ajv;
}

let drafts: Promise<Drafts> | undefined;

/** Makes a judge of a JSON Schema by ajv, which is loaded at the first. [M33]
 *
 * Undefined: the schema is one that we do not run, or that makes no sense; its values are left to the server. Draft
 * 2020-12, or 7 where it says so. `uniqueItems` and formats are left to the server, too: they can take long, or differ. */
export async function judgeSchema(schema: unknown): Promise<Judge | undefined> {
  if (findSchemaFault(schema) !== undefined) return undefined;
  const { newer, older } = await (drafts ??= loadDrafts());
  const { $schema, $id: _, ...rest } = schema as Readonly<Record<string, unknown>>;
  const ajv = typeof $schema === "string" && /draft-0[467]/.test($schema) ? older : newer;
  let validate: ValidateFunction;
  try {
    validate = ajv.compile(rest);
  } catch {
    return undefined;
  } finally {
    // It is kept by whoever asked: ajv would keep every schema that any server ever had.
    ajv.removeSchema(rest);
  }
  return (value) => {
    try {
      if (validate(value)) return undefined;
    } catch {
      return undefined;
    }
    const [first] = validate.errors ?? [];
    return first === undefined ? { path: "", message: "does not fit" } : describe(first);
  };
}

async function loadDrafts(): Promise<Drafts> {
  const [{ Ajv }, { Ajv2020 }] = await Promise.all([import("ajv"), import("ajv/dist/2020.js")]);
  const options: Options = {
    strict: false,
    allErrors: false,
    validateFormats: false,
    // No schema is checked against a meta-schema: what cannot be compiled is not run.
    validateSchema: false,
    addUsedSchema: false,
    logger: false,
    code: { regExp: Object.assign(quickPattern, { code: "quickPattern" }) },
  };
  const make = (ajv: Ajv): Ajv => ajv.removeKeyword("uniqueItems").addKeyword("uniqueItems");
  return { newer: make(new Ajv2020(options)), older: make(new Ajv(options)) };
}

function describe(error: ErrorObject): SchemaFault {
  const {
    instancePath,
    keyword,
    message = "does not fit",
    params,
  } = error as ErrorObject & {
    readonly params: Readonly<Record<string, unknown>>;
  };
  if (keyword === "required") {
    return { path: `${instancePath}/${pointerPart(params["missingProperty"])}`, message: "is missing" };
  }
  if (keyword === "additionalProperties" || keyword === "unevaluatedProperties") {
    const name = params["additionalProperty"] ?? params["unevaluatedProperty"];
    return { path: `${instancePath}/${pointerPart(name)}`, message: "is not known" };
  }
  if (keyword === "enum" && Array.isArray(params["allowedValues"])) {
    return { path: instancePath, message: `must be one of ${JSON.stringify(params["allowedValues"]).slice(0, 300)}` };
  }
  return { path: instancePath, message: message.slice(0, 300) };
}

function pointerPart(name: unknown): string {
  return String(name).slice(0, 200).replaceAll("~", "~0").replaceAll("/", "~1");
}
