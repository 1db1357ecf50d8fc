import { ownerName } from "@kingly/door";

/** Who speaks: their name, and the workspaces they may enter; undefined means all. */
export interface Person {
  readonly name: string;
  readonly workspaces: ReadonlySet<string> | undefined;
}

/** One entry of `people` in the settings. The token itself stands nowhere. */
export interface PersonSettings {
  readonly name: string;
  readonly tokenSha256: string;
  /** @default the workspace `default` */
  readonly workspaces?: readonly string[];
}

/** Whoever has the token of the house: they may do everything. */
export const owner: Person = { name: ownerName, workspaces: undefined };

/** Finds a person by the name that the door found for their token. [G24] */
export type PersonOf = (name: string) => Person;

/** Creates the finder over the settings; the door lets nobody else in. */
export function createPersonOf(settings: readonly PersonSettings[], defaultWorkspace: string): PersonOf {
  const people = new Map<string, Person>(
    settings.map(({ name, workspaces = [defaultWorkspace] }) => [name, { name, workspaces: new Set(workspaces) }]),
  );
  const nobody: Person = { name: "", workspaces: new Set() };
  return (name) => (name === ownerName ? owner : (people.get(name) ?? nobody));
}

/** Tells whether a person may enter a workspace. */
export function mayEnter(person: Person, workspace: string): boolean {
  return person.workspaces === undefined || person.workspaces.has(workspace);
}

/** Leaves out of an answer what a person may not know: other workspaces than theirs. [G24] */
export function visibleTo(person: Person, question: string, value: unknown): unknown {
  if (question !== "workspaces" || person.workspaces === undefined) return value;
  const { items, ...rest } = (value ?? {}) as { readonly items?: unknown };
  const isTheirs = (item: unknown): boolean => {
    const { id } = (item ?? {}) as { readonly id?: unknown };
    return typeof id === "string" && mayEnter(person, id);
  };
  return { ...rest, items: Array.isArray(items) ? items.filter(isTheirs) : [] };
}
