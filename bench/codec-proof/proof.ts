/** What a proof found: a case that breaks the promise, or what was looked at. */
export type Found = { readonly counterexample: string } | { readonly facts: readonly string[] };

/** Tries `count` cases made from a seed; `progress` is told how many are done. */
export type Proof = (count: number, seed: number, progress: (done: number) => void) => Found;

/** Shows a case so that it can be copied: JSON in ASCII. */
export function show(value: unknown): string {
  const json = JSON.stringify(value) ?? "undefined";
  const text = json.replaceAll(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
  return text.length > 2000 ? `${text.slice(0, 2000)}... (${text.length} characters)` : text;
}
