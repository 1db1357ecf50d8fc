/** What the project_planning workflow needs of a plan. Plain JSON: it travels through the workflow's references. */
export interface ProjectPlan {
  /** Where the plan file goes, inside the files folder. */
  readonly path: string;
  readonly markdown: string;
  readonly entities: readonly {
    readonly name: string;
    readonly entityType: string;
    readonly observations: readonly string[];
  }[];
  readonly relations: readonly { readonly from: string; readonly to: string; readonly relationType: string }[];
  readonly tasks: readonly { readonly title: string; readonly complexity: number }[];
}

/** Plans a project from its name and where it shall run, the same way every time. */
export function projectPlan(name: string, scope: string): ProjectPlan {
  const targets = scope
    .split(",")
    .map((target) => target.trim())
    .filter((target) => target !== "");
  const builds = (targets.length === 0 ? ["first version"] : targets).map((target) => ({
    title: targets.length === 0 ? `Build the first version of ${name}` : `Build ${name} for ${target}`,
    complexity: 0.5,
  }));
  const tasks = [
    { title: `Write down what ${name} must do first`, complexity: 0.25 },
    { title: `Design the data of ${name}`, complexity: 0.5 },
    ...builds,
    { title: `Test ${name} with real people`, complexity: 0.25 },
    { title: `Release ${name}`, complexity: 0.25 },
  ];
  return {
    path: `plans/${slugOf(name)}.md`,
    markdown: markdownOf(name, targets, tasks),
    entities: [
      { name, entityType: "project", observations: [`planned for ${targets.join(" and ") || "no stated target"}`] },
      ...targets.map((target) => ({
        name: `${name} ${target}`,
        entityType: "deliverable",
        observations: [`${name} on ${target}`],
      })),
    ],
    relations: targets.map((target) => ({ from: name, to: `${name} ${target}`, relationType: "delivers" })),
    tasks,
  };
}

// The slug becomes a file name: letters, digits and dashes only, never empty, never a path.
function slugOf(name: string): string {
  const slug = name
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, "-")
    .replaceAll(/^-+|-+$/g, "")
    .slice(0, 60);
  return slug === "" ? "project" : slug;
}

function markdownOf(name: string, targets: readonly string[], tasks: ProjectPlan["tasks"]): string {
  return [
    `# ${name}`,
    "",
    targets.length === 0 ? "No target was named." : `For ${targets.join(" and ")}.`,
    "",
    "## Steps",
    "",
    ...tasks.map((task, index) => `${index + 1}. ${task.title}`),
    "",
    "## Open questions",
    "",
    `- Who decides that ${name} is good enough to release?`,
    `- What must ${name} never do?`,
    "",
  ].join("\n");
}
