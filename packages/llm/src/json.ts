/** Any value that JSON can carry: the inputs of tools, and schemas. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A JSON object, such as a JSON Schema. */
export interface JsonObject {
  readonly [key: string]: Json;
}
