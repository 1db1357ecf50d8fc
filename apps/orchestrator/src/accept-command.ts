// Step 3 of the walk: a command is parsed, checked, and accepted in ONE unit {dedupe by cid, state, event, job}.
import type { Command } from "@kingly/codec";
import type { Unit } from "@kingly/sqlite";
import type { Cause, Origin } from "@kingly/store";
import { acceptAmend } from "./accept/accept-amend.ts";
import { acceptApprove } from "./accept/accept-approve.ts";
import { acceptCancel } from "./accept/accept-cancel.ts";
import { acceptContextLoad } from "./accept/accept-context-load.ts";
import { acceptMemoryStore } from "./accept/accept-memory-store.ts";
import { acceptRetry } from "./accept/accept-retry.ts";
import { acceptTaskCreate, taskIdOf } from "./accept/accept-task-create.ts";
import { acceptTaskSplit } from "./accept/accept-task-split.ts";
import { acceptUtterance } from "./accept/accept-utterance.ts";
import { acceptWorkflowStart } from "./accept/accept-workflow-start.ts";
import type { Accepting, Acceptor, CommandRefusal } from "./accept/accepting.ts";
import type { Back } from "./back.ts";
import { cutText } from "./cut-text.ts";
import { lineToKeep } from "./line-to-keep.ts";
import { parse } from "./steps/parse.ts";
import { tryPart } from "./unit-part.ts";

/** A command as it arrived: its line, and the turn it belongs to. */
export interface SaidCommand {
  readonly cid: string;
  readonly line: string;
  readonly origin: Origin;
  readonly turnId?: string;
  /** The cid of the task that the turn creates, if it does. */
  readonly autoCid?: string;
}

/** What became of it. `refused` is an answer too: it stands in the log as `er#cid:`. */
export type Acceptance =
  | { readonly ok: true; readonly result: "accepted" | "refused" | "repeat" }
  | { readonly ok: false; readonly error: { readonly code: string; readonly message: string; readonly hint: string } };

const acceptors: { readonly [Op in Command["op"]]: Acceptor<Op> } = {
  task_create: acceptTaskCreate,
  task_split: acceptTaskSplit,
  workflow_start: acceptWorkflowStart,
  context_load: acceptContextLoad,
  memory_store: acceptMemoryStore,
  utterance: acceptUtterance,
  cancel: acceptCancel,
  amend: acceptAmend,
  approve: acceptApprove,
  retry: acceptRetry,
};

/** Creates the step. A repeat of a cid changes nothing, after any crash; the same cid with another line is refused. [O1]
 *
 * The workspace is open; the cid has 1 to 16 letters and digits. */
export function createAcceptCommand(back: Back): (workspaceId: string, said: SaidCommand) => Promise<Acceptance> {
  return (workspaceId, said) => back.database.write((unit) => acceptIn(back, unit, workspaceId, said));
}

/** Accepts inside a unit that the caller has: for commands that a job gives. */
export function acceptIn(back: Back, unit: Unit, workspaceId: string, said: SaidCommand): Acceptance {
  const known = back.store.commands.accept(unit, workspaceId, said.cid, lineToKeep(said.line));
  if (known === "repeat") return { ok: true, result: "repeat" };
  if (known === "conflict") {
    const message = `The cid ${said.cid} was used for another line.`;
    return {
      ok: false,
      error: { code: "cid_reused", message, hint: "Derive the cid from the utterance and its ordinal." },
    };
  }
  const cause: Cause = {
    cid: said.cid,
    origin: said.origin,
    ...(said.turnId === undefined ? {} : { turnId: said.turnId }),
  };
  const accepting: Accepting = {
    back,
    unit,
    workspaceId,
    cid: said.cid,
    cause,
    turnId: said.turnId,
    autoTaskId: said.autoCid === undefined ? undefined : taskIdOf(said.autoCid),
  };
  const part = tryPart(unit, () => carryOut(said, accepting));
  const refusal = part.ok ? part.value : badValue(part.message);
  if (refusal !== undefined) refuse(accepting, refusal);
  return { ok: true, result: refusal === undefined ? "accepted" : "refused" };
}

function carryOut(said: SaidCommand, accepting: Accepting): CommandRefusal | undefined {
  const parsed = parse(said.line, said.cid);
  return parsed.ok ? call(parsed.command, accepting) : parsed.refusal;
}

// The table pairs each op with its acceptor; the compiler cannot follow the pair through an index.
function call(command: Command, accepting: Accepting): CommandRefusal | undefined {
  return (acceptors[command.op] as Acceptor<Command["op"]>)(command, accepting);
}

// A value that no row may hold: what the acceptor wrote was taken back.
function badValue(message: string): CommandRefusal {
  return { code: "bad_value", message, recovery: "Say it with other or shorter values." };
}

function refuse({ back, unit, workspaceId, cause, cid }: Accepting, refusal: CommandRefusal): void {
  // Refusals name what was said, and what was said may be as long as a line.
  const payload = {
    code: refusal.code,
    message: cutText(refusal.message, 500),
    recovery: cutText(refusal.recovery, 1000),
  };
  back.store.events.append(
    unit,
    workspaceId,
    { eventType: "error", entityType: "command", entityId: cid, payload },
    cause,
  );
}
