const maxSigns = 4000;

/** Writes a thrown value as one text for the table: name and message, at most 4,000 signs; never throws itself. */
export function errorText(thrown: unknown): string {
  return describe(thrown).slice(0, maxSigns);
}

function describe(thrown: unknown): string {
  if (thrown instanceof Error) return `${thrown.name}: ${thrown.message}`;
  if (typeof thrown === "string") return thrown;
  try {
    return JSON.stringify(thrown) ?? String(thrown);
  } catch {
    return "a value that cannot be written as text";
  }
}
