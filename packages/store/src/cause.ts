/** Who began a change. */
export type Origin = "user" | "reflex" | "model" | "workflow" | "system";

/** Why a change happens; it stands on every event that the change writes. [S8] */
export interface Cause {
  /** Correlation id of the command: 1 to 16 letters and digits. */
  readonly cid?: string;
  readonly origin: Origin;
  /** The turn (utterance) that it belongs to: 1 to 128 characters. */
  readonly turnId?: string;
}
