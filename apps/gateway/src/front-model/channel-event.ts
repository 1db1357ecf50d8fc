import type { Command, Diagnostic, Repair } from "@kingly/codec";

/** Why a channel ended. Only what ended with `end` is the whole of what the model meant.
 *
 * `cut`: its output limit; `too_much`: beyond the limits of a turn; `failed`: an error, or no answer of the right form. */
export type EndReason = "end" | "cut" | "too_much" | "refusal" | "cancelled" | "deadline" | "failed";

/** Why a command was not taken: what the codec says, or a rule of the channel. */
export type ChannelDiagnostic = Omit<Diagnostic, "code"> & {
  readonly code: Diagnostic["code"] | "too_many_commands" | "repeated_command";
};

/** What a front model said, in order; the last is always the one `ended`.
 *
 * `prose`: text for the person. `command`: one to carry out, without a cid. `refused`: what looked like one and is none;
 * it may still be mended by a later `command`. `ended`: `unread` counts the refused ones that were not. [G18] */
export type ChannelEvent =
  | { readonly kind: "prose"; readonly text: string }
  | { readonly kind: "command"; readonly command: Command; readonly repairs: readonly Repair[] }
  | { readonly kind: "refused"; readonly diagnostic: ChannelDiagnostic; readonly text: string }
  | { readonly kind: "ended"; readonly why: EndReason; readonly unread: number };

/** What a front model is asked. */
export interface Thought {
  /** What the person said. A command that stands in it is theirs to confirm, never the model's to repeat. */
  readonly text: string;
  /** What tools, memories and other people wrote. */
  readonly untrusted: readonly { readonly source: string; readonly text: string }[];
  /** How things stand, as event lines. @default nothing */
  readonly digest?: string;
  /** The last turns, the oldest first. @default none */
  readonly recent?: readonly { readonly text: string; readonly reply: string }[];
  /** Ends the channel with `cancelled`. */
  readonly signal?: AbortSignal;
}
