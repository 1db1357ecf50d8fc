// How many of the turns that hold an answer are found, without a model: hybrid search over LoCoMo conversations, arm by
// arm, beside plain FTS5 and MiniSearch. Run: node bench/store/locomo.ts <locomo10.json>
import { parseArgs } from "node:util";
import { createSystemClock, createSystemRandom } from "@kingly/runtime";
import { openDatabase } from "@kingly/sqlite";
import { createStore, migrateStore } from "@kingly/store";
import type { HybridHit, HybridOptions } from "@kingly/store";
import { armWeights } from "../../packages/store/src/hybrid/arms.ts";
import { howToGet, readLocomo } from "./locomo-data.ts";
import type { Locomo } from "./locomo-data.ts";
import { head, measure, row } from "./locomo-measures.ts";
import { miniSearch, plainFts5 } from "./locomo-rivals.ts";
import type { Search } from "./locomo-rivals.ts";
import { loadEmbedder } from "./locomo-embedder.ts";
import { leaveOneOut, toCandidates } from "./locomo-tune.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { tune: { type: "boolean" }, only: { type: "string", default: "" }, embedder: { type: "string" } },
});
const [path] = positionals;
const data = path === undefined ? undefined : readLocomo(path, values.only.split(",").filter(Boolean));
if (data === undefined) {
  console.log(path === undefined ? howToGet : `There is no file ${path}.\n\n${howToGet}`);
  process.exitCode = path === undefined ? 0 : 1;
} else await run(data);

async function run({ conversations, questions }: Locomo): Promise<void> {
  const database = openDatabase({ path: ":memory:" });
  await migrateStore(database);
  const embedder = values.embedder === undefined ? undefined : await loadEmbedder(values.embedder);
  const deps = { database, clock: createSystemClock(), random: createSystemRandom() };
  const store = createStore(embedder === undefined ? deps : { ...deps, embedder });
  for (const { id, turns } of conversations) {
    await database.write((unit) => {
      store.workspaces.ensure(unit, { id });
      for (const { id: key, speaker, text, session, atMs } of turns) {
        const told = { workspaceId: id, key, value: text, speaker, threadId: session, validFromMs: atMs };
        store.memory.remember(unit, told, { origin: "user" });
      }
    });
  }
  if (embedder !== undefined) {
    const { waiting, failure } = await store.memory.embedAll();
    if (waiting !== 0)
      throw new Error(
        `${embedder.id} left ${waiting ?? "some"} turns without a vector: ${failure ?? "no reason given"}.`,
      );
  }
  const idOf = (conversation: number): string => conversations[conversation]?.id ?? "";

  const turns = conversations.reduce((sum, conversation) => sum + conversation.turns.length, 0);
  console.log(
    `${conversations.length} conversations, ${turns} turns, ${questions.length} questions with evidence\n\n${head}`,
  );

  const report = async (
    name: string,
    search: (...asked: Parameters<Search>) => readonly string[] | Promise<readonly string[]>,
  ): Promise<void> => {
    const times: number[] = [];
    const ranked: (readonly string[])[] = [];
    for (const { conversation, text } of questions) {
      const startMs = performance.now();
      ranked.push(await search(conversation, text));
      times.push(performance.now() - startMs);
    }
    times.sort((left, right) => left - right);
    const at = (share: number): string => (times[Math.floor(times.length * share)] ?? 0).toFixed(1);
    console.log(row(name, measure(questions, ranked), `${at(0.5)} / ${at(0.99)}`));
  };
  const hits = (conversation: number, text: string, options: HybridOptions = {}): Promise<readonly HybridHit[]> =>
    store.memory.hybrid(idOf(conversation), text, options);
  const hybrid =
    (options: HybridOptions) =>
    async (conversation: number, text: string): Promise<readonly string[]> =>
      (await hits(conversation, text, options)).map(({ memory }) => memory.key);

  const whole = { conversations, questions };
  await report("plain FTS5 (unicode61)", plainFts5(whole, "unicode61"));
  await report("plain FTS5 (porter)", plainFts5(whole, "porter unicode61"));
  await report("MiniSearch", miniSearch(whole, {}));
  await report("MiniSearch (prefix, fuzzy 0.2)", miniSearch(whole, { prefix: true, fuzzy: 0.2 }));
  await report("memory.search", (conversation, text) =>
    store.memory.search(idOf(conversation), text, 10).map(({ key }) => key),
  );
  await report("memory.hybrid, preferSpeed", hybrid({ preferSpeed: true }));
  await report("**memory.hybrid**", hybrid({}));
  if (embedder !== undefined) {
    for (const meaning of [0, 0.15, 0.3, 0.6, 1, 1.5])
      await report(`- ${embedder.id}, meaning ${meaning}`, hybrid({ weights: { meaning } }));
  }
  for (const arm of [
    "words",
    "letters",
    "near",
    "telling",
    "spelling",
    "thread",
    "speaker",
    "answer",
    "question",
    "when",
    "time",
  ] as const) {
    await report(`- without ${arm}`, hybrid({ weights: { [arm]: 0 } }));
  }
  const wordsOnly = Object.fromEntries(Object.keys(armWeights).map((arm) => [arm, 0]));
  await report("- words alone", hybrid({ weights: { ...wordsOnly, words: 1 }, lambda: 1 }));
  await report("- words and near", hybrid({ weights: { ...wordsOnly, words: 0.1, near: 1 }, lambda: 1 }));
  await report("- words and spelling", hybrid({ weights: { ...wordsOnly, words: 1, spelling: 1 }, lambda: 1 }));
  for (const lambda of [1, 0.9, 0.7, 0.5]) await report(`- lambda ${lambda}`, hybrid({ lambda }));

  if (values.tune) {
    const candidates = [];
    for (const { conversation, text } of questions) {
      candidates.push(toCandidates(await hits(conversation, text, { limit: 200, lambda: 1, explain: true })));
    }
    const { meaning, graph: _, ...others } = armWeights;
    const start = embedder === undefined ? others : { ...others, meaning };
    const { measures, all } = leaveOneOut(questions, candidates, start);
    console.log(row("weights tuned on the other conversations (lambda 1)", measures));
    console.log(`\nTuned on all: ${JSON.stringify(all)}`);
  }
  await database.close();
}
