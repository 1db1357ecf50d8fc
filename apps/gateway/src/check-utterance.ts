import { readPersonCommand } from "./person-command.ts";
import type { PersonCommand } from "./person-command.ts";

/** What a person said, as it came in. `id` is the client's; one is made when it is missing. */
export interface Utterance {
  readonly id: string;
  readonly text: string;
  /** What a person does by hand with it; then nothing is read out of the text. [G21] */
  readonly command?: PersonCommand;
}

/** Why an utterance was refused. */
export interface Refusal {
  readonly code: "invalid_utterance" | "id_reused" | "busy" | "not_recorded";
  readonly message: string;
  readonly hint: string;
  /** With `busy`: so many milliseconds from now it may be said again. */
  readonly retryAfterMs?: number;
}

/** The longest utterance in characters; more is a document, not something said. */
export const maxTextLength = 8000;

const idForm = /^[A-Za-z0-9_-]{1,64}$/;

/** Tells whether a text can name an utterance: 1 to 64 letters, digits, `_` and `-`. */
export function isName(value: unknown): value is string {
  return typeof value === "string" && idForm.test(value);
}

/** Tells whether a text can name a workspace: as an utterance, but a letter or digit comes first. The back opens no other:
 * what is said in one would never arrive. */
export function isWorkspaceName(value: unknown): value is string {
  return isName(value) && /^[A-Za-z0-9]/.test(value);
}

/** Checks an utterance from outside. [G2] */
export function checkUtterance(
  body: unknown,
  makeId: () => string,
): { readonly ok: true; readonly value: Utterance } | { readonly ok: false; readonly error: Refusal } {
  const refuse = (message: string, hint: string): { ok: false; error: Refusal } => ({
    ok: false,
    error: { code: "invalid_utterance", message, hint },
  });
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    return refuse("The body is not an object.", 'Send {"text": "what was said", "id": "your own id"}.');
  }
  const { text, id, command } = body as {
    readonly text?: unknown;
    readonly id?: unknown;
    readonly command?: unknown;
  };
  if (typeof text !== "string" || text.trim() === "") {
    return refuse("There is no text.", 'Send what was said as "text": a string that is not empty.');
  }
  // The back keeps neither, and a file gives them back as something else: the same text would not be the same again.
  if (text.includes("\0") || !text.isWellFormed()) {
    return refuse("The text holds NUL or half a character.", "Send well-formed Unicode without NUL.");
  }
  if (text.length > maxTextLength) {
    return refuse(
      `The text has ${text.length} characters; ${maxTextLength} are allowed.`,
      "Say it in parts, or put it in a file.",
    );
  }
  if (id !== undefined && !isName(id)) {
    return refuse("The id is not of the right form.", "Use 1 to 64 letters, digits, _ and -, or leave it out.");
  }
  if (command === undefined) return { ok: true, value: { id: id ?? makeId(), text } };
  const read = readPersonCommand(command);
  if (!read.ok) return refuse(read.message, read.hint);
  return { ok: true, value: { id: id ?? makeId(), text, command: read.command } };
}
