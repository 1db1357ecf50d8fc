import type { Command, DiagnosticCode } from "../src/index.ts";

/** One malformed command: as it was meant when it has one meaning, else the codes that a diagnostic may have. */
export interface Malformed {
  readonly name: string;
  readonly line: string;
  readonly meant: Command | readonly DiagnosticCode[];
}

const titles = [
  "User Authentication",
  "Fix login, again",
  "Plan Q3: budget",
  "naïve café",
  "日本語の題",
  "Ship v2.0 (beta)",
  "it's late",
  "a{b}c",
  "50% off",
  "😀 smile",
];
const intents = ["growth", "bug_fix", "ops", "research", "design", "support", "legal", "sales", "people", "other"];
const levels = ["low", "medium", "high"] as const;

const at = <T>(list: readonly T[], index: number): T => list[index % list.length] as T;

interface Base {
  readonly title: string;
  readonly intent: string;
  readonly level: "low" | "medium" | "high";
  readonly n: number;
}

const task = ({ title, intent, level }: Base): Command => ({
  op: "task_create",
  title,
  intent_type: intent,
  complexity: level,
});
const flow = (params: unknown): Command => ({ op: "workflow_start", workflow_id: "wf_1", params }) as Command;
const split = (confidence: number, reason: string): Command => ({
  op: "task_split",
  task_id: "auto",
  confidence,
  reason,
});
const straight = ({ title, intent, level }: Base): string => `tc:${title}|${intent}|${level}`;

type Make = (base: Base) => readonly [line: string, meant: Command | readonly DiagnosticCode[]];

const classes: Readonly<Record<string, Make>> = {
  // One meaning.
  "spaces around bars": (b) => [`tc:${b.title} | ${b.intent} | ${b.level}`, task(b)],
  "a space after the colon": (b) => [`tc: ${b.title}|${b.intent}|${b.level}`, task(b)],
  "a space behind bars": (b) => [`tc:${b.title}| ${b.intent}| ${b.level}`, task(b)],
  "spaces at both ends": (b) => [`  ${straight(b)}  `, task(b)],
  "a line break at the end": (b) => [`${straight(b)}\n`, task(b)],
  "balanced raw brackets": (b) => [
    `tc:[bug] ${b.title} [x]|${b.intent}|${b.level}`,
    task({ ...b, title: `[bug] ${b.title} [x]` }),
  ],
  "nested raw brackets": (b) => [
    `tc:${b.title} [a [b] c]|${b.intent}|${b.level}`,
    task({ ...b, title: `${b.title} [a [b] c]` }),
  ],
  "a plain Windows path": (b) => [
    `ts:auto|0.5|C:\\Users\\Public\\${b.intent.toUpperCase()}`,
    split(0.5, `C:\\Users\\Public\\${b.intent.toUpperCase()}`),
  ],
  "an unknown escape in a string": (b) => [`wf:wf_1|{re:'\\d+${b.n}\\w'}`, flow({ re: `\\d+${b.n}\\w` })],
  "a trailing comma in an object": (b) => [`wf:wf_1|{a:${b.n},b:'${b.intent}',}`, flow({ a: b.n, b: b.intent })],
  "a trailing comma in an array": (b) => [`wf:wf_1|{list:[${b.n},2, ]}`, flow({ list: [b.n, 2] })],
  "bare words": (b) => [
    `wf:wf_1|{kind:${b.intent},tags:[${b.level}, x-${b.n}]}`,
    flow({ kind: b.intent, tags: [b.level, `x-${b.n}`] }),
  ],
  "smart double quotes": (b) => [`wf:wf_1|{“name”: “${b.title}”}`, flow({ name: b.title })],
  "smart single quotes": (b) => [`wf:wf_1|{name:‘${b.intent}’}`, flow({ name: b.intent })],
  "Python words": (b) => [`wf:wf_1|{a:None,b:True,c:[False],n:${b.n}}`, flow({ a: null, b: true, c: [false], n: b.n })],
  "kebab keys": (b) => [`wf:wf_1|{due-date:'${b.n}',max-n:${b.n}}`, flow({ "due-date": `${b.n}`, "max-n": b.n })],
  "missing closers at the end of the bracket": (b) => [`[Go: wf:wf_1|{a:{b:[${b.n}]]`, flow({ a: { b: [b.n] } })],
  "closers missing around an array": (b) => [`[Go: wf:wf_1|{a:[{b:${b.n}]`, flow({ a: [{ b: b.n }] })],
  "a code in capitals": (b) => [straight(b).replace("tc", at(["TC", "Tc", "tC"], b.n)), task(b)],
  "a bracket without label": (b) => [`[${straight(b)}]`, task(b)],
  "a label without space": (b) => [`[Generating:${straight(b)}]`, task(b)],
  "the bracket itself": (b) => [`[Generating: ${straight(b)}]`, task(b)],
  backticks: (b) => [`\`${straight(b)}\``, task(b)],
  "a fence": (b) => [`\`\`\`${at(["", "text", "coded"], b.n)}\n${straight(b)}\n\`\`\``, task(b)],
  "a bracket in backticks": (b) => [`\`[Generating: ${straight(b)}]\``, task(b)],
  "per cent": (b) => [`ts:auto|${b.n * 9 + 1}.5%|${b.intent}`, split((b.n * 90 + 15) / 1000, b.intent)],
  "one JSON object": (b) => [
    JSON.stringify({ op: "task_create", title: b.title, intent_type: b.intent, complexity: b.level }),
    task(b),
  ],
  "one JSON object with all keys": (b) => [
    `{"title": ${JSON.stringify(b.title)}, "intent_type": "${b.intent}", "complexity": "${b.level}"}`,
    task(b),
  ],
  "an object in a fence, with a trailing comma": (b) => [
    `\`\`\`json\n{"code":"wf","workflow_id":"wf_1","params":{"n":${b.n},},}\n\`\`\``,
    flow({ n: b.n }),
  ],
  "several slips at once": (b) => [
    `[TC: [bug] ${b.title} | ${b.intent} | ${b.level} ]`,
    task({ ...b, title: `[bug] ${b.title}` }),
  ],
  // More than one meaning, or none.
  "a raw bar in text": (b) => [`tc:${b.title} | B test|${b.intent}|${b.level}`, ["too_many_fields"]],
  "a raw bar that leaves the fields full": (b) => [`ms:motto|less | more ${b.n}`, ["edge_space"]],
  "an unbalanced bracket": (b) => [`tc:${b.title} [bug|${b.intent}|${b.level}`, ["raw_bracket"]],
  "a raw line break": (b) => [`tc:${b.title}\nmore|${b.intent}|${b.level}`, ["raw_control"]],
  "a short hex escape": (b) => [`tc:${b.title}\\u12|${b.intent}|${b.level}`, ["bad_escape"]],
  "a Windows path with an escape in it": (b) => [`ts:auto|0.5|C:\\Users\\new${b.n}`, ["bad_escape"]],
  "an inner quote": (b) => [`wf:wf_1|{name:'It's mine ${b.n}'}`, ["bad_payload"]],
  "an inner quote in text": (b) => [`tc:'It's ${b.n}'|${b.intent}`, ["text_after_value"]],
  "an inner smart quote": (b) => [`wf:wf_1|{name:‘It’s ${b.n}’}`, ["bad_payload"]],
  "a truncated bracket": (b) => [`[Generating: tc:${b.title}|${b.intent.slice(0, 2)}`, ["unterminated"]],
  "a truncated payload": (b) => [`wf:wf_1|{a:{b:${b.n}`, ["unterminated"]],
  "a truncated string": (b) => [`[Go: wf:wf_1|{a:'${b.title.replace("'", "")}]`, ["unterminated"]],
  "an unknown code": (b) => [
    `${at(["ct", "xx", "create", "task", "qq"], b.n)}:${b.title}|${b.intent}`,
    ["unknown_code", "missing_colon"],
  ],
  "an op for a code": (b) => [`task_create:${b.title}|${b.intent}`, ["unknown_code"]],
  "an event for a command": (b) => [`su:${b.intent}|done|1`, ["unknown_code"]],
  "an unfilled placeholder": (b) => [`tc:{title}|${b.intent}|${b.level}`, ["unfilled_placeholder"]],
  "a word for a share": (b) => [`ts:auto|${b.level}|${b.intent}`, ["wrong_kind"]],
  "a share beyond its range": (b) => [`ts:auto|${b.n + 2}|${b.intent}`, ["out_of_range"]],
  "invented keys in an object": (b) => [`{"op":"task_create","title":"x","priority":${b.n}}`, ["unknown_key"]],
  "an object of no command": (b) => [`{"name":"task_create","arguments":{"n":${b.n}}}`, ["unknown_code"]],
  "an object of two commands": (b) => [`{"target_id":"t_${b.n}","reason":"x"}`, ["unknown_code"]],
  "a wrong type in an object": (b) => [`{"op":"tc","title":${b.n}}`, ["wrong_kind"]],
  "a key twice": (b) => [`wf:wf_1|{a:${b.n},a:2}`, ["duplicate_key"]],
  "a number beyond 2^53": (b) => [`ms:id|900719925474099${b.n + 3}${b.n}`, ["unsafe_number"]],
  "words for nothing": (b) => [`wf:wf_1|{a:${at(["undefined", "NaN", "nil", "NULL", "TRUE"], b.n)}}`, ["bad_payload"]],
  "two commas": (b) => [`wf:wf_1|{a:${b.n},,b:1}`, ["bad_payload"]],
  "an over-escaped object": (b) => [`wf:wf_1|{\\"a\\":${b.n}}`, ["bad_payload"]],
  "several bare words": (b) => [`wf:wf_1|{city:New York ${b.n}}`, ["bad_payload"]],
  "nothing where it is needed": (b) => [`ms:k${b.n}`, ["missing_field"]],
  "too deep": (b) => [`ms:k|${"[".repeat(17 + b.n)}${"]".repeat(17 + b.n)}`, ["too_deep"]],
  "closers missing around a bare line": (b) => [`wf:wf_1|{a:[${b.n},2`, ["unterminated"]],
  "a payload cut in an array": (b) => [`[Go: ms:k|[${b.n},2]`, ["unterminated"]],
};

/** Ten of each class. */
export const malformed: readonly Malformed[] = Object.entries(classes).flatMap(([name, make]) =>
  titles.map((title, n) => {
    const [line, meant] = make({ title, intent: at(intents, n), level: at(levels, n), n });
    return { name, line, meant };
  }),
);
