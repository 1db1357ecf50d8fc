/** A schema that takes every answer, in the two forms that MCP clients ask for: what comes is judged by us, after it is
 * known that it came. */
export const anyAnswer = {
  safeParse: (data: unknown): { success: true; data: unknown } => ({ success: true, data }),
  "~standard": {
    version: 1,
    vendor: "kingly",
    validate: (value: unknown): { value: unknown } => ({ value }),
  },
} as const;
