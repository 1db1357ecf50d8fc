import { loadRival } from "../queue/load-rival.ts";

/** What a rival makes of a text: a label, or undefined when it is not sure enough. */
export type Classify = (text: string) => Promise<string | undefined>;

interface NlpJs {
  readonly dockStart: (settings: object) => Promise<{ get(name: "nlp"): Nlp }>;
}

interface Nlp {
  addLanguage(language: string): void;
  addDocument(language: string, text: string, intent: string): void;
  train(): Promise<void>;
  process(language: string, text: string): Promise<{ readonly intent: string; readonly score: number }>;
}

/** Trains nlp.js on these utterances, `none` as an intent like the others; it fires from `threshold` on. */
export async function trainNlpJs(
  examples: readonly { readonly text: string; readonly label: string }[],
  threshold: number,
): Promise<Classify> {
  const { dockStart } = await loadRival<NlpJs>("@nlpjs/basic");
  const dock = await dockStart({
    settings: { nlp: { languages: ["en"], autoSave: false, log: false, forceNER: false, threshold: 0.5 } },
    use: ["Basic"],
  });
  const nlp = dock.get("nlp");
  nlp.addLanguage("en");
  for (const { text, label } of examples) nlp.addDocument("en", text, label);
  await nlp.train();
  return async (text) => {
    const { intent, score } = await nlp.process("en", text);
    return intent === "None" || intent === "none" || score < threshold ? undefined : intent;
  };
}
