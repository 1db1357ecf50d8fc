/** What a field of kind `any` carries: JSON, in one line. */
export type Value = string | number | boolean | null | readonly Value[] | { readonly [key: string]: Value };
