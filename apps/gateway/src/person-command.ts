import { parseCommand } from "@kingly/codec";
import type { Command } from "@kingly/codec";

/** What a person does by hand, with a button: decide, stop, change, take up again. Never what a text says. */
export type PersonCommand = Extract<Command, { readonly op: "approve" | "cancel" | "amend" | "retry" }>;

type Reading =
  | { readonly ok: true; readonly command: PersonCommand }
  | { readonly ok: false; readonly message: string; readonly hint: string };

const maxLineLength = 20_000;
const hint = "Send one coded line of ap, ca, am or re without a cid, or leave the command out.";

/** Reads the command that an utterance carries: one coded line without a cid, of `ap`, `ca`, `am` or `re`. [G21] */
export function readPersonCommand(line: unknown): Reading {
  const refuse = (message: string): Reading => ({ ok: false, message, hint });
  if (typeof line !== "string" || line.length > maxLineLength) return refuse("The command is no coded line.");
  const parsed = parseCommand(line);
  if (!parsed.ok) return refuse(`The command cannot be read at character ${parsed.error.at}.`);
  const command = parsed.value;
  if (command.cid !== undefined) return refuse("The command has a cid; that is for the gateway to give.");
  return isByHand(command) ? { ok: true, command } : refuse(`A person does not give ${command.op} by hand.`);
}

function isByHand(command: Command): command is PersonCommand {
  return ["approve", "cancel", "amend", "retry"].includes(command.op);
}

/** What is replied to it: no more than is known, the rest is told by its events. */
export function personReply({ op }: PersonCommand): string {
  if (op === "approve") return "I pass your decision on.";
  if (op === "cancel") return "I pass on that it is to stop.";
  return op === "amend" ? "I pass your change on." : "I pass on that it is to begin again.";
}
