// What changes the direction of the text after it, or of the page around it.
const directionOverrides = /[\u202a-\u202e\u2066-\u2069]/g;

/** Makes text harmless to look at: control characters become `\x1b`, direction overrides go. */
export function visibleText(text: string): string {
  const lines = text.replaceAll(/\r\n?/g, "\n");
  return lines.replaceAll(controls, (sign) => escapeOf(sign.codePointAt(0) ?? 0)).replaceAll(directionOverrides, "");
}

// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const controls = /[\u0000-\u0008\u000b-\u001f\u007f]/g;

function escapeOf(code: number): string {
  return `\\x${code.toString(16).padStart(2, "0")}`;
}
