import type { Assessment } from "./planner.ts";

// Below this the task is split first. The ancestor of this project used the same line.
const oneShotFrom = 0.8;

const kinds: readonly (readonly [string, RegExp])[] = [
  ["maintenance", /\b(fix|repair|update|upgrade|clean|refactor|migrate|patch|bug|debug|rename|backup)\b/i],
  ["learning", /\b(learn|study|read|research|explore|understand|course|tutorial)\b/i],
  ["personal", /\b(buy|call|doctor|dentist|birthday|holiday|gym|groceries|family|home|flight|book a)\b/i],
  [
    "business_growth",
    /\b(auth|login|app|product|feature|launch|site|shop|api|customer|market|sales|campaign|report|system)\b/i,
  ],
];

/** Assesses a task by its words alone: the same title always gives the same answer.
 *
 * A stated kind or complexity wins over what the words suggest. */
export function assess(task: {
  readonly title: string;
  readonly intentType?: string;
  readonly complexity?: number;
}): Assessment {
  const complexity = task.complexity ?? guessComplexity(task.title);
  // A task of medium complexity (.5) is one go at .85, as in the language's own example; a high one (.75) is not.
  const confidence =
    Math.round(Math.max(0.1, 0.95 - Math.max(0, complexity - 0.25) * vagueness(task.title)) * 100) / 100;
  return {
    intentType: task.intentType ?? kindOf(task.title),
    complexity,
    confidence,
    routing: confidence >= oneShotFrom ? "one_shot" : "split",
  };
}

/** Names the kind of a task by the words of its title. */
export function kindOf(title: string): string {
  return kinds.find(([, words]) => words.test(title))?.[0] ?? "general";
}

function guessComplexity(title: string): number {
  if (/\b(complete|whole|entire|full|platform|marketplace|from scratch|end.to.end)\b/i.test(title)) return 0.75;
  const words = title.trim().split(/\s+/).length;
  return words <= 2 || /\b(system|app|service|pipeline)\b/i.test(title) ? 0.5 : 0.25;
}

// "Complete app" leaves open what to do; "Fix the typo on the login page" does not.
function vagueness(title: string): number {
  return /^(an? |the |my |our )?(complete|whole|entire|full|everything)\b/i.test(title) ? 1.3 : 0.2;
}
