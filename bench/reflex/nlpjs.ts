import { loadRival } from "../queue/load-rival.ts";

/** What a rival makes of a text: a label, or undefined for none of them, and how sure it is, 0 to 1. */
export type Classify = (text: string) => Promise<{ readonly label: string | undefined; readonly score: number }>;

interface NlpJs {
  readonly dockStart: (settings: object) => Promise<{ get(name: "nlp"): Nlp }>;
}

interface Nlp {
  addLanguage(language: string): void;
  addDocument(language: string, text: string, intent: string): void;
  train(): Promise<void>;
  process(language: string, text: string): Promise<{ readonly intent: string; readonly score: number }>;
}

/** Trains nlp.js on these utterances, `none` as an intent like the others. */
export async function trainNlpJs(
  examples: readonly { readonly text: string; readonly label: string }[],
): Promise<Classify> {
  const { dockStart } = await loadRival<NlpJs>("@nlpjs/basic");
  const dock = await dockStart({
    settings: { nlp: { languages: ["en"], autoSave: false, nlu: { log: false } } },
    use: ["Basic"],
  });
  const nlp = dock.get("nlp");
  nlp.addLanguage("en");
  for (const { text, label } of examples) nlp.addDocument("en", text, label);
  await nlp.train();
  return async (text) => {
    const { intent, score } = await nlp.process("en", text);
    return { label: intent === "None" || intent === "none" ? undefined : intent, score };
  };
}
