/** What a key does, as the help sheet lists it. */
export interface KeyBinding {
  readonly keys: readonly string[];
  readonly does: string;
}

/** The keys of the page. */
export const keyBindings: readonly KeyBinding[] = [
  { keys: ["Enter"], does: "Send" },
  { keys: ["Shift Enter"], does: "Begin a new line" },
  { keys: ["/", "Ctrl K"], does: "Go to the message field" },
  { keys: ["↑", "↓"], does: "Bring back what you said before, when nothing is typed" },
  { keys: ["Esc"], does: "Clear the message field" },
  { keys: ["?"], does: "Open this sheet, when nothing is typed" },
];

/** The parts of a key event that decide. */
export interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
}

/** Decides what a key means for the whole page. `typing`: a field with text in it has the focus, or a dialog is open. */
export function pageKey(
  press: KeyPress,
  place: { readonly inField: boolean; readonly fieldIsEmpty: boolean; readonly inDialog: boolean },
): "focus" | "help" | undefined {
  if (place.inDialog || press.altKey) return undefined;
  if (press.key.toLowerCase() === "k" && (press.ctrlKey || press.metaKey)) return "focus";
  if (press.ctrlKey || press.metaKey) return undefined;
  if (press.key === "/" && !place.inField) return "focus";
  if (press.key === "?" && (!place.inField || place.fieldIsEmpty)) return "help";
  return undefined;
}
