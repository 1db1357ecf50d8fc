import type { Level } from "./level.ts";
import type { Value } from "./value.ts";

/** The kinds of a field, and the type of each. [C13] */
export interface FieldKinds {
  readonly text: string;
  /** A number from 0 to 1. */
  readonly unit: number;
  readonly level: Level;
  /** Any finite number. */
  readonly number: number;
  readonly any: Value;
}

/** The name of a kind. */
export type FieldKind = keyof FieldKinds;

/** The message that a template describes: `op`, its fields by name, and what every message may carry.
 *
 * `cid` is the correlation id. `extra` holds the fields beyond the template, `undefined` where one is absent. */
export type MessageOf<Op extends string, Template extends string> = Simplify<
  { readonly op: Op; readonly cid?: string } & FieldsOf<Template> & {
      readonly extra?: readonly (Value | undefined)[];
    }
>;

/** The union of the messages of a table of templates, told apart by `op`. */
export type MessagesOf<Templates extends Readonly<Record<string, string>>> = {
  [Op in keyof Templates & string]: MessageOf<Op, Templates[Op]>;
}[keyof Templates & string];

type FieldsOf<Template extends string> = Template extends `${string}:{${infer First}}${infer Rest}`
  ? { readonly [Hole in First | RequiredHole<HolesOf<Rest>> as NameOf<Hole>]: TypeOf<Hole> } & OptionalFields<
      Exclude<HolesOf<Rest>, `${string}!`>
    >
  : never;

// Without the test, a template that has no optional field would get an index signature.
type OptionalFields<Holes extends string> = [Holes] extends [never]
  ? unknown
  : { readonly [Hole in Holes as NameOf<Hole>]?: TypeOf<Hole> };

type HolesOf<Rest extends string> = Rest extends `|{${infer Hole}}${infer Next}` ? Hole | HolesOf<Next> : never;
type RequiredHole<Hole extends string> = Extract<Hole, `${string}!`>;
type Bare<Hole extends string> = Hole extends `${infer Inner}!` ? Inner : Hole;
type NameOf<Hole extends string> = Bare<Hole> extends `${infer Name}:${string}` ? Name : Bare<Hole>;
type KindOf<Hole extends string> = Bare<Hole> extends `${string}:${infer Kind}` ? Kind : "text";
type TypeOf<Hole extends string> = KindOf<Hole> extends FieldKind ? FieldKinds[KindOf<Hole>] : never;
type Simplify<T> = { [Key in keyof T]: T[Key] };
