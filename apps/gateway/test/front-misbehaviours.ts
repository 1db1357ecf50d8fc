// Ways in which a front model misbehaves, each with exactly what may come of it.
import { LlmError } from "@kingly/llm";
import type { Thought } from "../src/front-model/channel-event.ts";
import type { Reply } from "./front-house.ts";

/** One way to misbehave. `why` is `end` and `unread` 0 unless told. */
export interface Misbehaviour {
  readonly name: string;
  readonly thought?: Partial<Thought>;
  readonly reply: Reply;
  readonly second?: Reply;
  readonly commands?: readonly string[];
  readonly prose?: string;
  readonly refused?: readonly string[];
  readonly repairs?: readonly string[];
  readonly unread?: number;
  readonly why?: string;
}

/** A command that can be read. */
export const mended = "[Do: tc:Login page|bug_fix|high]";
/** The same as a canonical line. */
export const mendedLine = "tc:Login page|bug_fix|high";
const broken = (name: string, reply: Reply, code: string, prose = ""): Misbehaviour => ({
  name: `${name}, and mends it when told`,
  reply,
  second: mended,
  commands: [mendedLine],
  prose,
  refused: [code],
});

/** What cannot be read: refused, told once, and right the second time. */
export const faults: readonly Misbehaviour[] = [
  broken("cuts a command off", "Sure. [Do: tc:Login page|bug_f", "unterminated", "Sure. "),
  broken("leaves a bracket open in a title", "[Do: tc:Login [page|bug_fix]", "unterminated"),
  broken("writes a line feed in a field", "[Do: tc:Login\npage|bug_fix|high]", "raw_control", "\npage|bug_fix|high]"),
  broken("writes a tab in a field", "[Do: tc:Login\tpage|bug_fix|high]", "raw_control"),
  broken("writes NUL in a field", "[Do: tc:Login\u0000page|bug_fix|high]", "raw_control"),
  broken("leaves a placeholder", "[Do: tc:{title}|bug_fix|high]", "unfilled_placeholder"),
  broken("writes a word in a unit", "[Do: ts:task_1|high|too big]", "wrong_kind"),
  broken("writes a unit beyond 1", "[Do: ts:task_1|85|too big]", "out_of_range"),
  broken("writes a level that is none", "[Do: tc:Login page|bug_fix|urgent]", "wrong_kind"),
  broken("leaves out a required value", "[Do: ms:colour]", "missing_field"),
  broken("writes a bar in a title", "[Do: tc:Ship A | B test|growth|high]", "too_many_fields"),
  broken("writes 2^53 + 1", "[Do: ms:n|{n:9007199254740993}]", "unsafe_number"),
  broken("writes a key twice", "[Do: ms:n|{n:1,n:2}]", "duplicate_key"),
  broken("writes a depth bomb", `[Do: ms:n|${"[".repeat(500)}${"]".repeat(500)}]\n`, "too_deep", "\n"),
  broken("writes a depth bomb without end", `[Do: ms:n|${"[".repeat(50_000)}`, "too_long"),
  broken("writes undefined", "[Do: ms:n|{n:undefined}]", "bad_payload"),
  broken("writes a title of 10,000 signs", `[Do: tc:${"x".repeat(10_000)}|bug_fix]Sure.`, "too_long", "Sure."),
  broken("writes a bare line that cannot be read", "tc:Login page|bug_fix|urgent", "wrong_kind"),
  broken(
    "forgets the bracket at the end of a line",
    "[Do: tc:Login page|bug_fix|high\nI will do it.",
    "raw_control",
    "\nI will do it.",
  ),
  {
    name: "writes a command inside the text of another",
    reply: "[Do: tc:Login [Do: tc:Inner|bug_fix] page|bug_fix]",
    second: mended,
    commands: ["tc:Inner|bug_fix", mendedLine],
    refused: ["raw_bracket"],
    prose: " page|bug_fix]",
  },
  {
    name: "makes the same mistake again when told",
    reply: "[Do: tc:{title}|bug_fix]",
    second: "[Do: tc:{title}|bug_fix]",
    refused: ["unfilled_placeholder", "unfilled_placeholder"],
    unread: 1,
  },
  {
    name: "answers what it is told with words",
    reply: "Sure. [Do: tc:{title}|bug_fix]",
    second: "I am sorry. I cannot.",
    prose: "Sure. ",
    refused: ["unfilled_placeholder"],
    unread: 1,
  },
  {
    name: "writes everything again when told of one fault",
    reply: "[Do: tc:One|bug_fix] [Do: tc:{title}|bug_fix]",
    second: "[Do: tc:One|bug_fix] [Do: tc:Two|bug_fix] [Do: tc:Three|bug_fix]",
    commands: ["tc:One|bug_fix", "tc:Two|bug_fix"],
    prose: " ",
    refused: ["unfilled_placeholder", "repeated_command"],
  },
  {
    name: "takes an echo for the mended command",
    thought: { text: "please tc:Pay all|bug_fix" },
    reply: "[Do: tc:{title}|bug_fix]",
    second: "[Do: tc:Pay all|bug_fix]",
    refused: ["unfilled_placeholder", "tainted"],
    unread: 1,
  },
  {
    name: "fails when it is told of a fault",
    reply: "[Do: tc:One|bug_fix] [Do: tc:{title}|bug_fix]",
    second: new LlmError("bad_response", "no"),
    commands: ["tc:One|bug_fix"],
    prose: " ",
    refused: ["unfilled_placeholder"],
    unread: 1,
  },
];

const read = (name: string, reply: Reply, line: string, repairs: readonly string[], prose = ""): Misbehaviour => ({
  name,
  reply,
  commands: [line],
  repairs,
  prose,
});

/** What has one meaning all the same: it is mended and carried out, and nothing is asked again. */
export const slips: readonly Misbehaviour[] = [
  read("writes 85% in a unit", "[Do: ts:task_1|85%|too big]", "ts:task_1|0.85|too big", ["percent"]),
  read("writes typographic quotes", "[Do: ms:tea|{kind:\u201cgreen\u201d}]", "ms:tea|{kind:'green'}", [
    "smart_quote",
    "smart_quote",
  ]),
  read("writes a trailing comma", "[Do: ms:tea|{kind:'green',}]", "ms:tea|{kind:'green'}", ["trailing_comma"]),
  read("writes None", "[Do: ms:tea|{kind:None}]", "ms:tea|{kind:null}", ["python_word"]),
  read("forgets the last brace", "[Do: ms:tea|{kind:'green']", "ms:tea|{kind:'green'}", ["missing_closer"]),
  read("writes no label", "[tc:Login page|bug_fix]", "tc:Login page|bug_fix", ["wrapper"]),
  read("writes capitals and spaces", "[Do: TC: Login page | bug_fix | high]", mendedLine, [
    "code_case",
    "spaces",
    "spaces",
    "spaces",
    "spaces",
    "spaces",
  ]),
  read("writes a label of its own making", "[Wrong-label_7: tc:Login page|bug_fix]", "tc:Login page|bug_fix", []),
  read("writes a balanced bracket in a title", "[Do: tc:[bug] Login|bug_fix]", "tc:\\[bug\\] Login|bug_fix", [
    "raw_bracket",
    "raw_bracket",
  ]),
  read(
    "puts a fence around a bracket",
    "```\n[Do: tc:Login page|bug_fix]\n```",
    "tc:Login page|bug_fix",
    [],
    "```\n\n```",
  ),
  read("puts backticks around a bracket", "`[Do: tc:Login page|bug_fix]`", "tc:Login page|bug_fix", [], "``"),
  read("answers with a fenced line", "```\ntc:Login page|bug_fix\n```", "tc:Login page|bug_fix", [
    "wrapper",
    "wrapper",
  ]),
  read("answers with a line in backticks", "`tc:Login page|bug_fix`", "tc:Login page|bug_fix", ["wrapper", "wrapper"]),
  read("answers with a bare line", "tc:Login page|bug_fix", "tc:Login page|bug_fix", []),
  read(
    "answers with an object",
    '{"op":"task_create","title":"Login page","complexity":"high"}',
    "tc:Login page||high",
    ["object_form"],
  ),
  read("writes a cid of its own", "[Do: tc#stolen1:Login page|bug_fix]", "tc:Login page|bug_fix", []),
  read(
    "writes commands in the middle of prose",
    `First ${mended} and then tea.`,
    mendedLine,
    [],
    "First  and then tea.",
  ),
  read(
    "speaks one sign at a time",
    Array.from(`Hi \ud83e\udd8a ${mended}!`, (text) => ({ kind: "text", text }) as const),
    mendedLine,
    [],
    "Hi \ud83e\udd8a !",
  ),
  read(
    "cuts a pair of surrogates",
    [
      { kind: "text", text: `${mended}a\ud83e` },
      { kind: "text", text: "\udd8ab\ud83e" },
    ],
    mendedLine,
    [],
    "a\ud83e\udd8ab",
  ),
  read("writes NUL and bells into its prose", `a\u0000b\u0007c\r\n ${mended}`, mendedLine, [], "abc\n "),
];
