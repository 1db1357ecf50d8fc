import { typeKey } from "./text-key.ts";

/** What the store knows of a type of relation. */
export interface RelationTypeRule {
  /** At most one `to` for a `from` at a time: lives_in. @default false */
  readonly functional?: boolean;
  /** At most one `from` for a `to` at a time: is_captain_of. @default false */
  readonly inverseFunctional?: boolean;
  /** Several facts of other wording may stand between the same two entities: told. @default false */
  readonly repeatable?: boolean;
}

/** The rule of a type; `{}` for one that was not declared. */
export interface RelationTypes {
  of(key: string): RelationTypeRule;
}

/** Declares types of relations; case, spaces, hyphens and underscores of their names do not count. [S58] */
export function relationTypes(declared: Readonly<Record<string, RelationTypeRule>>): RelationTypes {
  const rules = new Map(Object.entries(declared).map(([type, rule]) => [typeKey(type), rule]));
  return { of: (key) => rules.get(key) ?? {} };
}
