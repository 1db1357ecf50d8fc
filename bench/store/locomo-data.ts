import { existsSync, readFileSync } from "node:fs";

/** One thing that somebody said. */
export interface Turn {
  readonly id: string;
  readonly speaker: string;
  readonly text: string;
  readonly session: string;
  readonly atMs: number;
}

/** A question, and the turns in which its answer stands. */
export interface Question {
  readonly conversation: number;
  readonly text: string;
  readonly evidence: ReadonlySet<string>;
  /** 1 multi-hop, 2 temporal, 3 open-domain, 4 single-hop, 5 adversarial. */
  readonly category: number;
}

/** The conversations of a LoCoMo file. */
export interface Locomo {
  readonly conversations: readonly { readonly id: string; readonly turns: readonly Turn[] }[];
  readonly questions: readonly Question[];
}

/** How to come by the data, for who has none. */
export const howToGet = `This bench measures with LoCoMo (snap-research/locomo on GitHub, data/locomo10.json, CC BY-NC 4.0).
The licence forbids commercial use, so the file is not part of this repository. Download it, then:

  pnpm bench locomo <path to locomo10.json> [--tune] [--only <sample id>,<sample id>] [--embedder <module>]`;

interface RawTurn {
  readonly speaker: string;
  readonly dia_id: string;
  readonly text: string;
  readonly blip_caption?: string;
}
interface RawSample {
  readonly sample_id: string;
  readonly conversation: Readonly<Record<string, string | readonly RawTurn[]>>;
  readonly qa: readonly {
    readonly question: string;
    readonly evidence?: readonly string[];
    readonly category: number;
  }[];
}

/** Reads the file. Turns of a session are half a minute apart; the caption of a picture that was shown counts as said.
 *
 * Evidence such as "D8:6; D9:17" is two turns; questions without a turn that exists are left out. */
export function readLocomo(path: string, only: readonly string[]): Locomo | undefined {
  if (!existsSync(path)) return undefined;
  const samples = (JSON.parse(readFileSync(path, "utf8")) as readonly RawSample[]).filter(
    ({ sample_id: id }) => only.length === 0 || only.includes(id),
  );
  const conversations = samples.map(({ sample_id: id, conversation }) => ({ id, turns: turnsOf(conversation) }));
  const questions = samples.flatMap(({ qa }, conversation) => {
    const known = new Set(conversations[conversation]?.turns.map((turn) => turn.id));
    return qa.map(({ question: text, evidence = [], category }) => {
      const ids = evidence.flatMap((one) => [...one.matchAll(/D(\d+):0*(\d+)/g)].map(([, a, b]) => `D${a}:${b}`));
      return { conversation, text, category, evidence: new Set(ids.filter((turn) => known.has(turn))) };
    });
  });
  return { conversations, questions: questions.filter(({ evidence }) => evidence.size > 0) };
}

function turnsOf(conversation: RawSample["conversation"]): readonly Turn[] {
  return Object.entries(conversation).flatMap(([session, turns]) => {
    if (!/^session_\d+$/.test(session) || typeof turns === "string") return [];
    const said = conversation[`${session}_date_time`];
    const startMs = timeOf(typeof said === "string" ? said : "");
    return turns.map(({ dia_id: id, speaker, text, blip_caption: caption }, at) => ({
      id,
      speaker,
      text: caption === undefined ? text : `${text}\n${caption}`,
      session,
      atMs: startMs + at * 30_000,
    }));
  });
}

/** "1:56 pm on 8 May, 2023", as UTC. */
function timeOf(text: string): number {
  const match = /^(\d+):(\d+) (am|pm) on (\d+ \w+), (\d{4})$/.exec(text);
  if (match === null)
    throw new Error(`A session has the time ${JSON.stringify(text)}. Expected "1:56 pm on 8 May, 2023".`);
  const [, hour, minute, half, day, year] = match;
  const hours = (Number(hour) % 12) + (half === "pm" ? 12 : 0);
  return Date.parse(`${day} ${year} UTC`) + (hours * 60 + Number(minute)) * 60_000;
}
