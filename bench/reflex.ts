// What one answer costs, over 10,000 calls, beside a bare scan of the same texts with one regular expression. The two
// take turns in rounds, so that both meet the same noise of the machine. Run: node bench/reflex.ts
import { createReflex, emptyView } from "@kingly/reflex";
import type { View } from "@kingly/reflex";

const calls = 10_000;
const rounds = 11;
const texts = [
  "Create auth system",
  "Hey Kingly, could you please build a complete shop for my bakery, thanks!",
  "Plan project MyApp for web and mobile",
  "Remember that I prefer dark mode",
  "What do I prefer?",
  "What did we discuss yesterday?",
  "status?",
  "how is the page 7 task going?",
  "cancel the page 12 task",
  "don't create a login page",
  "I wonder what the weather will be like in Lisbon when we get there on Thursday",
  `create a page ${"and a paragraph about bees ".repeat(2_400)}`,
];
const view: View = {
  ...emptyView,
  nowMs: Date.UTC(2025, 10, 22),
  tasks: Array.from({ length: 20 }, (_, index) => ({
    id: `task_${index}`,
    title: `Page ${index}`,
    status: "running",
    updatedAtMs: index,
  })),
  memories: Array.from({ length: 20 }, (_, index) => ({
    key: `user_preference_${index}`,
    value: `I prefer number ${index}`,
    type: "semantic",
    atMs: index,
  })),
};
const reflex = createReflex();
const bare = /\b(?:create|build|plan|remember|prefer|discuss|status|cancel|split|retry)\b/i;

let kept = 0;
const microsecondsPerCall = (work: (text: string) => number): number => {
  const startMs = performance.now();
  for (let call = 0; call < calls; call += 1) kept += work(texts[call % texts.length] ?? "");
  return ((performance.now() - startMs) * 1000) / calls;
};
const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

const reflexUs: number[] = [];
const bareUs: number[] = [];
for (let round = 0; round < rounds; round += 1) {
  reflexUs.push(microsecondsPerCall((text) => reflex.answer(text, view).commands.length));
  bareUs.push(microsecondsPerCall((text) => (bare.test(text) ? 1 : 0)));
}
const show = (values: readonly number[]): string =>
  `${median(values).toFixed(2)} us a call (${Math.min(...values).toFixed(2)} to ${Math.max(...values).toFixed(2)})`;
console.log(`${rounds} rounds of ${calls} calls, ${texts.length} texts, ${kept} results kept`);
console.log(`reflex      ${show(reflexUs)}, target 100`);
console.log(`bare regex  ${show(bareUs)}`);
console.log(`ratio       ${(median(reflexUs) / median(bareUs)).toFixed(1)}`);
