/** A thing of the graph, by name and kind. */
export interface Thing {
  readonly name: string;
  readonly entityType: string;
}

/** A fact that a text states: how one thing stands to another, in the words of the text. */
export interface Fact {
  readonly from: Thing;
  readonly relationType: string;
  readonly to: Thing;
  readonly fact: string;
  /** When it began and ended to be so; undefined: from when it was said, without an end. */
  readonly validFromMs?: number;
  readonly validToMs?: number;
}
