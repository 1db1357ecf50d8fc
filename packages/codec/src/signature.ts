import type { FieldKind } from "./message.ts";
import type { Shape } from "./shapes.ts";

/** What a template says, ready to read and write by. */
export interface Signature {
  readonly op: string;
  readonly code: string;
  /** The code and its colon: how a line without a cid begins. */
  readonly head: string;
  /** How a line with one begins. */
  readonly cidHead: string;
  readonly fields: readonly Field[];
  /** Makes the message in one go, when that many first fields are present; by that number. */
  readonly shapes: Readonly<Record<number, Shape>>;
}

/** One field of a signature. */
export interface Field {
  readonly name: string;
  readonly kind: FieldKind;
  readonly required: boolean;
}

/** Reads a template such as `tc:{title}|{intent_type}|{complexity:level}`, which must be a good one. [C20] */
export function readTemplate(op: string, template: string, shapes: Signature["shapes"] = {}): Signature {
  const holes = Array.from(template.matchAll(/\{(\w+):?(\w*)(!?)/g));
  const fields = holes.map(([, name = "", kind, mark], index): Field => ({
    name,
    kind: (kind || "text") as FieldKind,
    required: index === 0 || mark === "!",
  }));
  return {
    op,
    code: template.slice(0, 2),
    head: template.slice(0, 3),
    cidHead: `${template.slice(0, 2)}#`,
    fields,
    shapes,
  };
}
