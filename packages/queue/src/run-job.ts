import type { Clock, Log, Random } from "@kingly/runtime";
import type { Database, Unit } from "@kingly/sqlite";
import { backoffMs } from "./backoff-ms.ts";
import { encodeJson } from "./encode-json.ts";
import { markDead, markFailed, release, requireHeld } from "./end-attempt.ts";
import type { EndDeps } from "./end-attempt.ts";
import { errorText } from "./error-text.ts";
import type { HeldJob } from "./held-job.ts";
import { createTally } from "./job-counts.ts";
import type { Finish, Job, JobContext, JobEnd } from "./job.ts";
import type { Ending, JobCompleter } from "./job-completer.ts";
import type { ProgressKeeper } from "./job-progress.ts";
import type { PatientWriter } from "./patient-writer.ts";
import { isPermanent } from "./permanent-failure.ts";
import { QueueError, isQueueError } from "./queue-error.ts";
import { checkWhole } from "./queue-options.ts";
import type { QueueSettings } from "./queue-options.ts";
import { readChildren } from "./read-jobs.ts";
import { renewLeases } from "./renew-leases.ts";
import { schemaCheckOf } from "./schema-checker.ts";
import { tokenKey } from "./token-key.ts";

/** Runs held jobs. */
export interface JobRunner {
  /** Runs the handler and writes how it ended; never rejects. True when its slot is taken again already. */
  run(held: HeldJob): Promise<boolean>;
}

interface RunnerDeps {
  readonly database: Database;
  readonly writer: PatientWriter;
  readonly completer: JobCompleter;
  readonly progress: ProgressKeeper;
  /** Hears that other jobs became claimable by the end of one. */
  readonly madeReady: () => void;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

/** Creates the part that takes one held job from its handler to its end in the table. [Q11] [Q15] [Q16] [Q17] */
export function createJobRunner(deps: RunnerDeps, settings: QueueSettings): JobRunner {
  const { clock, log, writer } = deps;

  const tallied = <T>(work: (unit: Unit, end: EndDeps) => T | Promise<T>): Promise<T> =>
    writer.write((unit) => {
      const tally = createTally();
      const value = work(unit, { nowMs: clock.nowMs(), tally });
      tally.write(unit);
      if (tally.madeReady) unit.afterCommit(deps.madeReady);
      return value;
    });

  const fail = async (held: HeldJob, job: Job, thrown: unknown): Promise<void> => {
    const { claimed } = held;
    // Cancelled or taken back: there is nothing of ours to write.
    if (held.stopped !== undefined && !isClosing(held)) return;
    const permanent = isPermanent(thrown);
    if (permanent || (claimed.attempt >= claimed.maxAttempts && !isClosing(held))) {
      return die(held, job, thrown, false);
    }
    if (isClosing(held)) return void (await tallied((unit, end) => release(unit, claimed, end)));
    const waitMs = backoffMs(claimed.attempt, deps.random.fraction(), settings);
    const error = errorText(thrown);
    log.warn("a job failed and will be tried again", { ...fieldsOf(held), waitMs, error });
    return tallied((unit, end) => markFailed(unit, claimed, { error, runAtMs: end.nowMs + waitMs }, end));
  };

  const die = async (held: HeldJob, job: Job, thrown: unknown, lost: boolean): Promise<void> => {
    const error = errorText(thrown);
    log.error("a job is dead", { ...fieldsOf(held), error });
    const write = (finish: Finish | void): Promise<void> =>
      tallied((unit, end) => {
        markDead(unit, held.claimed, { error, lost }, end);
        end.tally.write(unit);
        return finish?.(unit);
      });
    try {
      await write(held.type.onDead?.(job as never, thrown));
    } catch (failed) {
      if (isLeaseLost(failed)) throw failed;
      // A fault in onDead must not keep the job alive for ever.
      log.error("onDead failed; the job dies without it", { ...fieldsOf(held), error: errorText(failed) });
      await write();
    }
  };

  const contextOf = (held: HeldJob): JobContext => ({
    get signal() {
      return held.signal();
    },
    async extendLease(forMs = settings.leaseMs) {
      checkWhole("forMs", forMs, 1, 86_400_000);
      const { claimed } = held;
      const kept = await deps.database.write((unit) =>
        renewLeases(unit, claimed.epoch, [claimed], clock.nowMs() + forMs),
      );
      requireHeld(claimed, kept.has(tokenKey(claimed)));
    },
    report: (progress, message) => deps.progress.report(held, progress, message),
    children: () => (held.claimed.awaited === 0 ? undefined : readChildren(deps.database, held.claimed.id)),
  });

  const dieLost = (held: HeldJob, job: Job): Promise<void> => {
    const { id, maxAttempts } = held.claimed;
    const message = `Job ${id} was lost in its last allowed attempt (${maxAttempts}): its process died or its lease ran out.`;
    return die(held, { ...job, attempt: maxAttempts }, new QueueError("ATTEMPTS_LOST", message), true);
  };

  const report = (held: HeldJob, thrown: unknown): void => {
    if (!isLeaseLost(thrown)) {
      log.error("the end of a job could not be written", { ...fieldsOf(held), error: errorText(thrown) });
    } else if (held.stopped === undefined) {
      log.warn("a job was finished after it had been taken back; nothing was kept", fieldsOf(held));
    }
  };

  return {
    // One function and not three: every await between them costs a job a microsecond.
    async run(held) {
      try {
        const job = jobOf(held);
        if (held.claimed.attempt > held.claimed.maxAttempts) {
          await dieLost(held, job);
          return false;
        }
        try {
          const ended = await held.type.handle(job as Job<never, never>, contextOf(held));
          held.handlerEnded = true;
          return await deps.completer.complete(held, toEnding(held, ended, settings.maxPayloadBytes));
        } catch (thrown) {
          if (held.handlerEnded && isLeaseLost(thrown)) throw thrown;
          held.handlerEnded = true;
          await fail(held, job, thrown);
        }
      } catch (thrown) {
        report(held, thrown);
      }
      return false;
    },
  };
}

function jobOf(held: HeldJob): Job {
  const { id, type, payload, attempt, workspaceId, cid } = held.claimed;
  return { id, type, payload: JSON.parse(payload) as unknown, attempt, workspaceId, cid };
}

function fieldsOf(held: HeldJob): { readonly job: number; readonly type: string; readonly attempt: number } {
  return { job: held.claimed.id, type: held.claimed.type, attempt: held.claimed.attempt };
}

function isLeaseLost(thrown: unknown): boolean {
  return isQueueError(thrown) && thrown.code === "LEASE_LOST";
}

function isClosing(held: HeldJob): boolean {
  return held.stopped?.code === "CLOSED";
}

/** Checks and writes down what a handler gave. Throws BAD_RESULT: the handler has failed. [Q39] */
function toEnding(held: HeldJob, ended: Finish | JobEnd | void, maxBytes: number): Ending {
  if (typeof ended === "function") return { result: null, finish: ended, awaitsChildren: false };
  if (ended === undefined) return noEnding;
  const { result, finish, awaitChildren = false } = ended;
  const schema = held.type.result;
  if (schema !== undefined && !awaitChildren) {
    const fault = schemaCheckOf(schema)(result);
    if (fault !== undefined) {
      throw new QueueError("BAD_RESULT", `The result of ${held.type.name} does not fit its schema: ${fault}.`);
    }
  }
  const text = result === undefined ? null : encodeJson("result", result, maxBytes);
  return { result: text, finish, awaitsChildren: awaitChildren };
}

const noEnding: Ending = { result: null, finish: undefined, awaitsChildren: false };
