import type { Clock } from "@kingly/runtime";
import { plainText } from "../plain-text.ts";
import { findSchemaFault } from "./find-schema-fault.ts";
import { judgeSchema } from "./judge-schema.ts";

/** What a server wants to know of the person, while one of its tools runs. All of it is foreign text: data, no command. */
export interface ElicitationRequest {
  /** Its words, without control signs, at most 4,000 signs. */
  readonly message: string;
  /** What it asks for. Empty: only whether the person agrees. */
  readonly fields: readonly ElicitationField[];
}

/** One thing it asks for. */
export interface ElicitationField {
  readonly name: string;
  readonly title?: string;
  readonly description?: string;
  /** JSON Schema of the value: a text, a number, true or false, or a choice. */
  readonly schema: Readonly<Record<string, unknown>>;
  readonly isRequired: boolean;
  /** What the server puts in where the person leaves it out. */
  readonly default?: unknown;
  /** By its words it is a password, a key or the like, which no server may ask for in this way. */
  readonly looksSecret: boolean;
}

/** What the person said. What `content` leaves out is the field's default. */
export type ElicitationAnswer =
  | { readonly action: "accept"; readonly content: Readonly<Record<string, unknown>> }
  | { readonly action: "decline" }
  | { readonly action: "cancel" };

/** Asks the person, for a server. The signal is aborted when nobody waits any more. */
export type OnElicitation = (
  server: string,
  request: ElicitationRequest,
  signal: AbortSignal,
) => Promise<ElicitationAnswer>;

/** Answers one request of a server, whatever is in it. Never rejects. */
export type Elicit = (params: unknown, signal: AbortSignal) => Promise<ElicitationAnswer>;

const maxWords = 4_000;
const maxFields = 32;
const maxAtOnce = 4;
const secretWords =
  /passwor[dt]|passphrase|passcode|secret|api[-_ ]?key|private[-_ ]?key|token|credential|\bpin\b|\bcvv\b|card[-_ ]?number/i;

/** Creates what answers a server's questions by the app's handler: declined when they make no sense or more than four wait,
 * cancelled when nobody answers in time or the answer does not fit what was asked. [M49] */
export function createElicit(
  deps: { readonly clock: Clock; readonly onTrouble: (why: string) => void },
  ask: (request: ElicitationRequest, signal: AbortSignal) => Promise<ElicitationAnswer>,
  timeoutMs: number,
): Elicit {
  let open = 0;
  return async (params, signal) => {
    const { message, requestedSchema } = (params ?? {}) as Readonly<Record<string, unknown>>;
    const fields = readFields(requestedSchema);
    if (fields === undefined || open >= maxAtOnce) {
      deps.onTrouble(fields === undefined ? "what it asks for makes no sense" : `${maxAtOnce} questions wait already`);
      return { action: "decline" };
    }
    const late = new AbortController();
    const { promise: stopped, resolve } = Promise.withResolvers<ElicitationAnswer>();
    const stop = (): void => {
      late.abort();
      resolve({ action: "cancel" });
    };
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop, { once: true });
    const timer = deps.clock.setTimer(timeoutMs, stop);
    open += 1;
    try {
      const request = { message: plainText(String(message)).slice(0, maxWords), fields };
      const answer = await Promise.race([ask(request, late.signal), stopped]);
      if (answer.action !== "accept") return { action: answer.action === "decline" ? "decline" : "cancel" };
      const content = fill(fields, answer.content);
      const fault = (await judgeSchema(requestedSchema))?.(content);
      if (fault === undefined) return { action: "accept", content };
      deps.onTrouble(`the answer does not fit: ${fault.path} ${fault.message}`);
      return { action: "cancel" };
    } catch {
      deps.onTrouble("the handler failed");
      return { action: "cancel" };
    } finally {
      open -= 1;
      timer.cancel();
      signal.removeEventListener("abort", stop);
    }
  };
}

// Nothing that was not asked for leaves the house.
function fill(
  fields: readonly ElicitationField[],
  content: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const filled = fields.map((field) => {
    const given = Object.hasOwn(content, field.name) ? content[field.name] : undefined;
    return [field.name, given === undefined ? field.default : given] as const;
  });
  return Object.fromEntries(filled.filter(([, value]) => value !== undefined));
}

function readFields(schema: unknown): readonly ElicitationField[] | undefined {
  if (findSchemaFault(schema) !== undefined) return undefined;
  const { type, properties, required } = schema as Readonly<Record<string, unknown>>;
  if (type !== "object" || typeof properties !== "object" || properties === null) return undefined;
  const entries = Object.entries(properties as Readonly<Record<string, unknown>>);
  if (entries.length > maxFields) return undefined;
  const fields = entries.map(([name, inner]) =>
    readField(name, inner, Array.isArray(required) && required.includes(name)),
  );
  return fields.every((field) => field !== undefined) ? fields : undefined;
}

function readField(name: string, value: unknown, isRequired: boolean): ElicitationField | undefined {
  if (typeof value !== "object" || value === null || name.length > 128 || plainText(name) !== name) return undefined;
  if (name === "__proto__") return undefined;
  const schema = value as Readonly<Record<string, unknown>>;
  // Flat by the protocol: a text, a number, yes or no, or a list of choices.
  if (!["string", "number", "integer", "boolean", "array"].includes(String(schema["type"]))) return undefined;
  const words = (key: string): string | undefined =>
    typeof schema[key] === "string" ? plainText(schema[key]).slice(0, maxWords) : undefined;
  const [title, description] = [words("title"), words("description")];
  return {
    name,
    ...(title === undefined ? {} : { title }),
    ...(description === undefined ? {} : { description }),
    schema,
    isRequired,
    ...(Object.hasOwn(schema, "default") ? { default: schema["default"] } : {}),
    looksSecret: [name.replaceAll(/([a-z])([A-Z])/g, "$1 $2"), title, description].some((text) =>
      secretWords.test(text ?? ""),
    ),
  };
}
