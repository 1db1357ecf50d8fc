// One test vector, and how it is written: one line of JSON in ASCII, its keys in a fixed order.

/** A message in plain JSON. A field of `extra` is a list of one value, or of none where it is absent. */
export type Fields = Readonly<Record<string, unknown>>;

/** A refusal. `at` in code points; `field` only in the suites parse and diagnose. */
export interface Refused {
  readonly code: string;
  readonly at?: number;
  readonly field?: { readonly index: number; readonly name: string };
}

/** One record of a suite; schema.json describes it. */
export interface Vector {
  readonly name: string;
  readonly rule: string;
  readonly mode: "strict" | "lenient";
  readonly direction: "command" | "event";
  readonly options?: { readonly seal?: string; readonly maxLength?: number; readonly ops?: readonly string[] };
  readonly input?: string;
  readonly pad?: number;
  readonly chunks?: readonly string[];
  readonly fields?: Fields;
  readonly canonical?: string;
  readonly error?: Refused;
  readonly repairs?: readonly object[];
  readonly events?: readonly object[];
}

/** What is expected of an implementation: the record without what it is given. */
export type Expectation = Pick<Vector, "fields" | "canonical" | "error" | "repairs" | "events">;

/** The suites, each a kind of question. A file `<suite>.jsonl` or `<suite>-<more>.jsonl` belongs to it. */
export const suites = ["parse", "format", "diagnose", "stream", "repair"] as const;
export type Suite = (typeof suites)[number];

/** Gives what is expected by a record of this suite. A format vector gives the fields and asks for the line. */
export function expectationOf(suite: Suite, vector: Vector): Expectation {
  const { fields, canonical, error, repairs, events } = vector;
  return {
    ...(fields !== undefined && suite !== "format" && { fields }),
    ...(canonical !== undefined && { canonical }),
    ...(error !== undefined && { error }),
    ...(repairs !== undefined && { repairs }),
    ...(events !== undefined && { events }),
  };
}

/** Writes JSON in ASCII, in the order of the object, and keeps -0, which `JSON.stringify` loses. */
export function toJson(value: unknown): string {
  if (Object.is(value, -0)) return "-0";
  if (Array.isArray(value)) return `[${value.map(toJson).join(",")}]`;
  if (typeof value === "object" && value !== null) {
    const members = Object.entries(value).map(([key, member]) => `${toJson(key)}:${toJson(member)}`);
    return `{${members.join(",")}}`;
  }
  // Controls and lone surrogates are escaped already.
  return JSON.stringify(value).replaceAll(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
