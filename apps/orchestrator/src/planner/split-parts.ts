import type { Part } from "./planner.ts";

interface Pattern {
  readonly when: RegExp;
  readonly parts: readonly (readonly [string, number])[];
}

const patterns: readonly Pattern[] = [
  {
    when: /\b(app|application|site|website|shop|store|platform|marketplace|portal|dashboard|game)\b/i,
    parts: [
      ["Write down what {it} must do first", 0.25],
      ["Design the data of {it}", 0.5],
      ["Build the server side of {it}", 0.5],
      ["Build the screens of {it}", 0.5],
      ["Test {it} with real people", 0.25],
      ["Release {it}", 0.25],
    ],
  },
  {
    when: /\b(api|service|system|backend|library|pipeline|bot|integration|auth|login)\b/i,
    parts: [
      ["Write down the contract of {it}", 0.25],
      ["Build the core of {it}", 0.5],
      ["Handle the errors and limits of {it}", 0.5],
      ["Test {it}", 0.25],
      ["Document {it}", 0.25],
    ],
  },
  {
    when: /\b(report|article|book|paper|talk|presentation|course|proposal|post|documentation)\b/i,
    parts: [
      ["Collect the material for {it}", 0.25],
      ["Outline {it}", 0.25],
      ["Write the first draft of {it}", 0.5],
      ["Revise {it}", 0.25],
    ],
  },
  {
    when: /\b(trip|event|party|wedding|conference|holiday|move|campaign|launch)\b/i,
    parts: [
      ["Fix the date and budget of {it}", 0.25],
      ["List who and what {it} needs", 0.25],
      ["Book what {it} depends on", 0.5],
      ["Check {it} a week before", 0.25],
    ],
  },
];

const anyWork: Pattern["parts"] = [
  ["Write down what {it} must achieve", 0.25],
  ["Find out what {it} needs", 0.25],
  ["Do the first part of {it}", 0.5],
  ["Finish and check {it}", 0.25],
];

/** Splits a task into parts by the kind of thing it makes; the person's own nouns stay in every title. */
export function splitParts(title: string): readonly Part[] {
  const pattern = patterns.find(({ when }) => when.test(title));
  const it = nameIt(title);
  return (pattern?.parts ?? anyWork).map(([template, complexity]) => ({
    title: template.replace("{it}", () => it),
    complexity,
  }));
}

// "Complete app" becomes "the complete app"; names with capitals inside ("MyApp", "API") keep them.
function nameIt(title: string): string {
  const words = title
    .trim()
    .replace(/^(a|an|the|my|our)\s+/i, "")
    .split(/\s+/);
  const first = words[0] ?? "";
  const rest = words.slice(1);
  const lowered = /[A-Z0-9]/.test(first.slice(1)) ? first : first.toLowerCase();
  return `the ${[lowered, ...rest].join(" ")}`;
}
