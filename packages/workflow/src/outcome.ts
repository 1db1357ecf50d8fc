import type { Json } from "./json.ts";
import type { StepError } from "./run.ts";

/** Which start is meant: the attempt of a step, of an item of it, or of its compensation. */
export interface StartRef {
  readonly stepId: string;
  readonly attempt: number;
  /** The item's place from 0; with `foreach` only. */
  readonly item?: number;
  /** Present when the start undoes. */
  readonly compensates?: true;
}

/** What happened to one start, or to the whole run. Each start is answered by one outcome. [W15] */
export type Outcome =
  | (StartRef & { readonly kind: "completed"; readonly output: Json })
  | (StartRef & {
      readonly kind: "failed";
      readonly error: StepError;
      /** False when another attempt cannot help. @default true */
      readonly retryable?: boolean;
    })
  /** The time of the attempt is over, or with `of: "step"` that of the whole step. [W32] */
  | (StartRef & { readonly kind: "timed_out"; readonly of?: "attempt" | "step" })
  /** A person has decided about what the start showed: `hash` is that of the start. [W35] */
  | (StartRef & {
      readonly kind: "decided";
      readonly decision: "approved" | "rejected";
      readonly hash: string;
      /** Who decided; up to 200 characters are kept. */
      readonly by?: string;
      /** Up to 2,000 characters are kept. */
      readonly comment?: string;
    })
  /** Something has come that steps wait for, now or later. [W34] */
  | { readonly kind: "signalled"; readonly signal: string; readonly value: Json }
  | { readonly kind: "paused" }
  | { readonly kind: "resumed" }
  | { readonly kind: "cancelled"; readonly reason: string };
