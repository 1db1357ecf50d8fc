/** How often what fires is right. */
export interface Figures {
  readonly fired: number;
  /** Of what fired, the share with the right label. */
  readonly precision: number;
  /** Of the utterances that carry an intent, the share that fired with the right one. */
  readonly coverage: number;
  /** Of the utterances that carry none, the share that fired. */
  readonly falseFires: number;
}

/** Counts firings; `found` is undefined when nothing fired. */
export function measure(rows: readonly { readonly label: string; readonly found: string | undefined }[]): Figures {
  const fired = rows.filter((row) => row.found !== undefined);
  const right = fired.filter((row) => row.found === row.label).length;
  const none = rows.filter((row) => row.label === "none").length;
  return {
    fired: fired.length,
    precision: right / fired.length,
    coverage: right / (rows.length - none),
    falseFires: fired.filter((row) => row.label === "none").length / none,
  };
}

/** Writes figures in one line. */
export function showFigures(figures: Figures): string {
  const percent = (share: number): string => `${(share * 100).toFixed(2)} %`;
  const { fired, precision, coverage, falseFires } = figures;
  return `precision ${percent(precision)}, coverage ${percent(coverage)}, false fires ${percent(falseFires)} (${fired} fired)`;
}
