import type { Command } from "@kingly/codec";

/** Something the person may agree to, or choose: said as `text`, done by exactly these commands. */
export interface Offer {
  /** What it is about, as the person may name it: the title of a task. */
  readonly title: string;
  /** What is said when it is taken: what will be asked for. */
  readonly text: string;
  readonly commands: readonly Command[];
}
