/** One thing that must hold before a change lands. */
export interface Stage {
  readonly name: string;
  /** The command and its arguments; binaries of the repository are on the path. */
  readonly command: readonly string[];
  /** `vitest`: tests are counted one by one; otherwise the stage counts as one. */
  readonly counts?: "vitest";
}

/** What CI runs, in this order, all of it even when one fails. */
export function stages(examples: readonly string[], pnpm: readonly string[]): readonly Stage[] {
  return [
    { name: "lint", command: [...pnpm, "run", "lint"] },
    { name: "types", command: [...pnpm, "run", "typecheck"] },
    // The README's own command, in its own words.
    { name: "test", command: [...pnpm, "test", "--reporter=default", "--reporter=json"], counts: "vitest" },
    { name: "build", command: [...pnpm, "run", "build"] },
    { name: "conformance in a second language", command: ["node", "tools/check/conformance.ts"] },
    { name: "size of the codec", command: ["node", "tools/check/size.ts"] },
    { name: "published packages", command: ["node", "tools/check/published.ts"] },
    ...examples.map((example): Stage => ({ name: example, command: ["node", example] })),
    {
      name: "e2e",
      command: ["vitest", "run", "--project", "e2e", "--reporter=default", "--reporter=json"],
      counts: "vitest",
    },
  ];
}
