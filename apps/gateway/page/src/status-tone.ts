/** How a status feels: waiting, at work, well ended, badly ended, needs a person, or put aside. */
export type Tone = "rest" | "go" | "good" | "bad" | "ask" | "off";

const tones: Readonly<Record<string, Tone>> = {
  running: "go",
  in_progress: "go",
  completed: "good",
  done: "good",
  success: "good",
  failed: "bad",
  error: "bad",
  unknown: "bad",
  waiting: "ask",
  blocked: "ask",
  approval: "ask",
  cancelled: "off",
  canceled: "off",
  skipped: "off",
  paused: "ask",
  waiting_approval: "ask",
  compensating: "go",
  compensated: "off",
  compensation_failed: "bad",
};

/** Returns the tone of a status; one that is not known rests. */
export function toneOf(status: string): Tone {
  return tones[status] ?? "rest";
}

/** Writes a status for people: `in_progress` is "in progress". */
export function statusWords(status: string): string {
  return status.replaceAll("_", " ");
}
