/** The largest definition text in bytes of UTF-8. */
export const maxDefinitionBytes = 1_000_000;

/** How deep maps and lists may nest, aliases written out. */
export const maxDefinitionDepth = 64;

/** How many values a definition may hold, aliases written out. */
export const maxDefinitionValues = 50_000;
