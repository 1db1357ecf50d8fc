const idForm = /^[A-Za-z0-9_-]{1,64}$/;

/** Tells whether a text can be the id of a say or an ask: 1 to 64 letters, digits, `_`, `-`. [LK6] */
export function isFrameId(value: unknown): value is string {
  return typeof value === "string" && idForm.test(value);
}
