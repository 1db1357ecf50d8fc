import type { KnownWorkflow } from "./planner.ts";

/** Finds the one workflow that the title of a task names: by its whole name of at least two words, or by one of the phrases
 * that start it. Undefined when none is named, or more than one. [O52] */
export function proposeWorkflow(title: string, workflows: readonly KnownWorkflow[]): KnownWorkflow | undefined {
  const words = plain(title);
  const named = workflows.filter(({ name, phrases }) =>
    [name, ...phrases].map(plain).some((each) => each.trim().includes(" ") && words.includes(each)),
  );
  return named.length === 1 ? named[0] : undefined;
}

// With a space at both ends: a name stands as whole words only.
function plain(text: string): string {
  return ` ${(text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).join(" ")} `;
}
