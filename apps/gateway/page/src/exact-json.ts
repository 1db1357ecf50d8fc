// What is shown as nothing, as a plain space or as a change of direction, though it is something else.
const unseen = /[\u007f-\u009f\p{Cf}\p{Default_Ignorable_Code_Point}]|(?! )\p{Z}/gu;

/** Writes a value as JSON in which every sign can be seen: what would not be shown, or would show others elsewhere, stands
 * as `\u202e`. Read again it is exactly the value. [G22] */
export function exactJson(value: unknown): string {
  return (JSON.stringify(value, null, 2) ?? "null").replaceAll(unseen, (signs) =>
    signs.replaceAll(/[^]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`),
  );
}
