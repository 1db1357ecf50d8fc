// Terminal sequences first: CSI (colours, cursor), OSC (titles, links), then single-sign escapes.
// oxlint-disable-next-line no-control-regex
const sequences = /\u001b\[[0-?]*[ -/]*[@-~]|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|\u001b[@-Z\\-_]?/g;
// Control signs except tab and newline, and the signs that turn the direction of writing around.
// oxlint-disable-next-line no-control-regex
const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** Takes terminal sequences and control signs out of foreign text; tab and newline stay. [M18] */
export function plainText(text: string): string {
  return text.replaceAll(sequences, "").replaceAll(controls, "");
}
