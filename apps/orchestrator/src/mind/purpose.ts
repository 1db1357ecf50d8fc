/** What a model of the back is asked for: a word for the choice of the model, and for the bill. */
export type Purpose = "assess" | "split" | "read" | "work" | "facts";

/** All of them. */
export const purposes: readonly Purpose[] = ["assess", "split", "read", "work", "facts"];
