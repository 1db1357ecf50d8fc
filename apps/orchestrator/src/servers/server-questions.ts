import { createHash } from "node:crypto";
import type { Clock, Random } from "@kingly/runtime";
import type { ElicitationAnswer, ElicitationField, OnElicitation } from "@kingly/mcp-batcher/servers";

/** What a server asks a person while one of its tools runs: exactly this, under exactly this id. */
export interface ServerQuestion {
  readonly id: string;
  readonly server: string;
  /** Its words: foreign text. */
  readonly message: string;
  /** What is sent to it when the person says yes: nothing else, and nothing before. */
  readonly values: Readonly<Record<string, unknown>>;
}

/** The questions of servers that wait for a person. */
export interface ServerQuestions {
  readonly ask: OnElicitation;
  list(): readonly ServerQuestion[];
  /** Answers one; a question that is gone is left alone. */
  decide(id: string, decision: "approved" | "rejected"): void;
}

/** What is told of questions: that one waits, that it ended without a decision, or that it was declined, and why. */
export type TellQuestion = (
  told:
    | { readonly kind: "waiting" | "gone"; readonly question: ServerQuestion }
    | { readonly kind: "declined"; readonly server: string; readonly message: string; readonly why: string },
) => void;

const hashDigits = 16;
// All cards of a workspace are told in one frame of 64 KiB: what does not fit would hide those of everybody else.
const maxShownBytes = 16_384;
// Each leaves rows in the log: a server that asks for ever must not fill it.
const maxAnHour = 20;
const hourMs = 3_600_000;

/** Creates the questions of the house's servers. A person decides with yes or no, so a question is put to them when yes
 * says it all: every field that must be there has a value of the server's, which the card shows. One that wants anything
 * else, or what looks like a secret, is declined and told; so is, untold, the 21st of a server in an hour. [O89] */
export function createServerQuestions(
  { clock, random }: { readonly clock: Clock; readonly random: Random },
  tell: TellQuestion,
): ServerQuestions {
  const waiting = new Map<string, { question: ServerQuestion; resolve: (answer: ElicitationAnswer) => void }>();
  const askedAtMs = new Map<string, readonly number[]>();
  // A decision that comes late, after a start in between, is about no question of this process.
  const own = Buffer.from(random.bytes(16)).toString("hex");
  let count = 0;
  const mayAsk = (server: string): boolean => {
    const nowMs = clock.monotonicMs();
    const recent = (askedAtMs.get(server) ?? []).filter((atMs) => nowMs - atMs < hourMs);
    const isFree = recent.length < maxAnHour;
    askedAtMs.set(server, isFree ? [...recent, nowMs] : recent);
    return isFree;
  };
  return {
    ask(server, { message, fields }, signal) {
      if (!mayAsk(server)) return Promise.resolve({ action: "decline" });
      const set = fields.filter((field) => field.default !== undefined);
      const values = Object.fromEntries(set.map((field) => [field.name, field.default]));
      const shown = [...waiting.values()].map(({ question }) => [question.message, question.values]);
      const bytes = Buffer.byteLength(JSON.stringify([...shown, [message, values]]));
      const tooLong = bytes > maxShownBytes ? "it is too long to be shown beside those that wait" : undefined;
      const why = findObstacle(fields) ?? tooLong;
      if (why !== undefined) {
        tell({ kind: "declined", server, message, why });
        return Promise.resolve({ action: "decline" });
      }
      count += 1;
      // Counted, so that a decision about one is none about the same question asked again.
      const digits = createHash("sha256")
        .update(JSON.stringify([own, server, message, values, count]))
        .digest("hex")
        .slice(0, hashDigits);
      const id = `question.${server.replaceAll(/[^A-Za-z0-9_-]+/g, "_").slice(0, 40)}.${digits}`;
      const question: ServerQuestion = { id, server, message, values };
      const { promise, resolve } = Promise.withResolvers<ElicitationAnswer>();
      waiting.set(id, { question, resolve });
      const leave = (): void => {
        if (!waiting.delete(id)) return;
        tell({ kind: "gone", question });
        resolve({ action: "cancel" });
      };
      if (signal.aborted) leave();
      else tell({ kind: "waiting", question });
      signal.addEventListener("abort", leave, { once: true });
      return promise;
    },
    list: () => [...waiting.values()].map(({ question }) => question),
    decide(id, decision) {
      const found = waiting.get(id);
      if (!waiting.delete(id)) return;
      found?.resolve(
        decision === "approved" ? { action: "accept", content: found.question.values } : { action: "decline" },
      );
    },
  };
}

function findObstacle(fields: readonly ElicitationField[]): string | undefined {
  const secret = fields.find(({ looksSecret }) => looksSecret);
  if (secret !== undefined) return `it asks for ${secret.name}, which looks like a secret`;
  const open = fields.find((field) => field.isRequired && field.default === undefined);
  return open === undefined ? undefined : `it wants ${open.name}, which cannot be said with yes or no`;
}
