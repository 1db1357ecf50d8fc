/** A JSON Schema as a plain object; 2020-12. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** The TypeScript type of what a JSON Schema allows: type, enum, const, properties, required, items, anyOf, oneOf.
 *
 * What it does not know is `unknown`: narrower checks (formats, lengths, patterns) are made at run time only. */
export type InferSchema<S> = S extends { readonly const: infer Value }
  ? Value
  : S extends { readonly enum: readonly (infer Value)[] }
    ? Value
    : S extends { readonly anyOf: readonly (infer One)[] }
      ? InferSchema<One>
      : S extends { readonly oneOf: readonly (infer One)[] }
        ? InferSchema<One>
        : S extends { readonly type: infer Name }
          ? Name extends readonly (infer One)[]
            ? InferNamed<S, One>
            : InferNamed<S, Name>
          : unknown;

type InferNamed<S, Name> = Name extends "string"
  ? string
  : Name extends "number" | "integer"
    ? number
    : Name extends "boolean"
      ? boolean
      : Name extends "null"
        ? null
        : Name extends "array"
          ? S extends { readonly items: infer Item }
            ? readonly InferSchema<Item>[]
            : readonly unknown[]
          : Name extends "object"
            ? InferObject<S>
            : unknown;

type InferObject<S> = S extends { readonly properties: infer Properties }
  ? Flat<
      {
        readonly [K in keyof Properties as K extends RequiredOf<S> ? K : never]: InferSchema<Properties[K]>;
      } & {
        readonly [K in keyof Properties as K extends RequiredOf<S> ? never : K]?:
          | InferSchema<Properties[K]>
          | undefined;
      }
    >
  : Readonly<Record<string, unknown>>;

type RequiredOf<S> = S extends { readonly required: readonly (infer Name)[] } ? Name : never;

type Flat<T> = { [K in keyof T]: T[K] };
