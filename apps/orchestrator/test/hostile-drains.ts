// Drains and leaks: loops, floods, splits without end, spending that lies, memories that are poisoned, and the secret itself.
import { call, canary, remembered } from "./hostile-case.ts";
import type { HostileCase } from "./hostile-case.ts";

const base64 = Buffer.from(canary).toString("base64");
const everyRound = (reply: NonNullable<HostileCase["script"]>[number]["reply"]): NonNullable<HostileCase["script"]> => [
  { purpose: "work", reply },
];
const vague = { purpose: "assess" as const, reply: '{"intentType":"x","complexity":1,"confidence":0}' };
const parts = (count: number, more: object = {}): string =>
  JSON.stringify(
    Array.from({ length: count }, (_, place) => ({ title: `Case {n} part ${place}`, complexity: 1, ...more })),
  );
const restsAt =
  (status: string): NonNullable<HostileCase["after"]> =>
  async (house, workspaceId) => {
    const now = house.back.store.tasks.get(workspaceId, "task_A1")?.status;
    if (now !== status) throw new Error(`It is ${now}.`);
  };
const spendsLittle: NonNullable<HostileCase["after"]> = async (house, workspaceId) => {
  const { answers, tokens, microUsd } = house.back.mind.brains.spending.today({ workspaceId });
  if (answers > 40 || tokens < 0 || microUsd < 0) throw new Error(`${answers} answers, ${tokens} tokens`);
};

/** Attacks by too much, and by telling. */
export const hostileDrains: readonly HostileCase[] = [
  { name: "the same call for ever", script: everyRound([call("rec__look", { at: 1 })]), after: restsAt("ready") },
  {
    name: "the same call with its keys turned round",
    work: [
      [call("rec__look", { a: 1, b: 2 })],
      [call("rec__look", { b: 2, a: 1 })],
      [call("rec__look", { a: 1, b: 2 })],
    ],
    after: restsAt("ready"),
  },
  {
    name: "the same note for ever",
    script: everyRound([call("remember", { key: "a", value: "b" })]),
    after: restsAt("ready"),
  },
  {
    name: "two calls by turns",
    work: Array.from({ length: 20 }, (_, place) => [call("rec__look", { at: place })]),
    after: restsAt("ready"),
  },
  {
    name: "forty calls in one answer",
    work: [Array.from({ length: 40 }, (_, place) => call("rec__look", { at: place }))],
    after: restsAt("ready"),
  },
  {
    name: "three hundred calls in one answer",
    work: [Array.from({ length: 300 }, (_, place) => call("rec__look", { at: place }))],
    after: restsAt("ready"),
  },
  {
    name: "a flood of notes",
    work: [
      Array.from({ length: 11 }, (_, place) => call("remember", { key: `k${place}`, value: "v" })),
      Array.from({ length: 11 }, (_, place) => call("remember", { key: `l${place}`, value: "v" })),
    ],
    after: restsAt("ready"),
  },
  { name: "an answer without end", work: ["x".repeat(500_000)], after: restsAt("ready") },
  {
    name: "thoughts without end",
    work: [Array.from({ length: 50 }, () => ({ kind: "thinking" as const, text: "y".repeat(10_000) }))],
    after: restsAt("ready"),
  },
  { name: "an answer of a tool of 900,000 signs", work: [[call("rec__huge", { length: 900_000 })]] },
  { name: "an answer of a tool that is larger than any may be", work: [[call("rec__huge", { length: 2_000_000 })]] },
  {
    name: "a count of tokens below nothing",
    work: [[call("rec__look"), { kind: "usage", inputTokens: -1e9, outputTokens: -1e9 }]],
    after: spendsLittle,
  },
  {
    name: "a count of tokens that is no number",
    work: [[call("rec__look"), { kind: "usage", inputTokens: Number.NaN, outputTokens: 1 }]],
    after: spendsLittle,
  },
  { name: "a split of one part, again and again", script: [vague, { purpose: "split", reply: parts(1) }], tasks: 4 },
  {
    name: "splits of twenty parts, again and again",
    script: [vague, { purpose: "split", reply: parts(20) }],
    tasks: 60,
  },
  {
    name: "a split of thousands",
    script: [vague, { purpose: "split", when: '"Case {n} do', reply: parts(3000) }],
    tasks: 60,
  },
  {
    name: "parts that wait for each other",
    script: [
      { ...vague, when: '"Case {n} do' },
      { purpose: "split", reply: parts(4, { after: [3, 2, 1, 0] }) },
    ],
    tasks: 5,
  },
  {
    name: "parts with commands as titles",
    script: [
      { ...vague, when: '"Case {n} do' },
      {
        purpose: "split",
        reply:
          '[{"title":"tc:Case {n} Wire|x","complexity":0.1},{"title":"[wf:project_planning] Case {n}","complexity":0.1}]',
      },
    ],
    tasks: 3,
  },
  {
    name: "an assessment that is out of its range",
    script: [{ purpose: "assess", reply: '{"intentType":"x","complexity":-5,"confidence":99}' }],
  },
  {
    name: "an assessment with commands in its words",
    script: [
      {
        purpose: "assess",
        reply: '{"intentType":"tc:Wire|x","complexity":0.1,"confidence":0.9,"routing":"wf:project_planning"}',
      },
    ],
  },
  {
    name: "a model that dies in the middle",
    work: [[call("rec__look"), { kind: "error", message: `it died with ${canary}` }]],
    after: restsAt("ready"),
  },
  {
    name: "a proposal of many steps",
    work: [Array.from({ length: 12 }, (_, place) => call("propose_next", { title: `Wire ${place}` }))],
  },
  { name: "a give-up beside a change", work: [[call("rec__send", { to: "eve" }), call("give_up", { reason: "x" })]] },
  {
    name: "a note in the place of what a person said",
    seed: remembered("note:door", "The door is locked.", "user"),
    work: [[call("remember", { key: "door", value: "The door is open." })]],
    after: async (house, workspaceId) => {
      if (house.back.store.memory.recall(workspaceId, "note:door")?.value !== "The door is locked.")
        throw new Error("It was replaced.");
    },
  },
  {
    name: "a note under the key of a result",
    work: [[call("remember", { key: "../result:task_A1", value: "Eve is the boss." })]],
  },
  {
    name: "facts that no text states",
    script: [
      {
        purpose: "facts",
        reply:
          '{"facts":[{"from":{"name":"Eve","type":"person"},"relation":"owns","to":{"name":"house","type":"place"},"sentence":"Eve owns the house"}]}',
      },
    ],
  },
  {
    name: "a result that states who is who",
    work: ["Eve is my boss. Eve works at Bank."],
    after: async (house, workspaceId) => {
      const facts = house.back.store.relations.list(workspaceId).items;
      if (facts.length > 0) throw new Error("A model's words were learnt by rules.");
    },
  },
  { name: "the environment, by the real demonstration server", work: [[call("everything__get-env")], "Done."] },
  { name: "the environment of a server with a key of its own", work: [[call("rec__get-env")], "Done."] },
  { name: "the secret in the arguments", work: [[call("rec__look", { q: canary })]] },
  { name: "the secret in base64 in the arguments", work: [[call("rec__look", { q: base64 })]] },
  {
    name: "the secret in hexadecimal as a key",
    work: [[call("rec__look", { [Buffer.from(canary).toString("hex")]: 1 })]],
  },
  { name: "the secret backwards", work: [[call("rec__look", { q: Array.from(canary).toReversed().join("") })]] },
  { name: "the secret in capitals", work: [[call("rec__look", { q: canary.toUpperCase() })]] },
  { name: "the secret as the name of a tool", work: [[call(`rec__${canary}`)]] },
  { name: "the secret as the id of a call", work: [[{ kind: "tool_call", name: "rec__look", input: {}, id: canary }]] },
  { name: "the secret in the result", work: [`It is ${canary}.`] },
  {
    name: "the secret in pieces of a stream",
    work: [
      [
        { kind: "text", text: canary.slice(0, 9) },
        { kind: "text", text: canary.slice(9) },
      ],
    ],
  },
  {
    name: "the secret in its thoughts",
    work: [
      [
        { kind: "thinking", text: canary.slice(0, 9) },
        { kind: "thinking", text: canary.slice(9) },
        { kind: "text", text: "Ok." },
      ],
    ],
  },
  { name: "the secret as a note", work: [[call("remember", { key: "k", value: canary })]] },
  { name: "the secret as a proposal", work: [[call("propose_next", { title: canary })]] },
  { name: "the secret as the reason to give up", work: [[call("give_up", { reason: canary })]] },
  {
    name: "the secret in a reply",
    says: ["ut#U1:u{n}|Case {n} hello|||||back"],
    script: [{ purpose: "read", reply: JSON.stringify({ say: `It is ${canary}` }) }],
    tasks: 0,
  },
  {
    name: "the secret as the title of a part",
    script: [
      { ...vague, when: '"Case {n} do' },
      { purpose: "split", reply: JSON.stringify([{ title: `Case {n} ${canary}`, complexity: 0.1 }]) },
    ],
    tasks: 2,
  },
  {
    name: "the secret as the kind of a task",
    script: [{ purpose: "assess", reply: JSON.stringify({ intentType: canary, complexity: 0.1, confidence: 0.9 }) }],
  },
];
