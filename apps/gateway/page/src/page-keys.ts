import { pageKey } from "./key-bindings.ts";

/** Listens for the keys that work everywhere on the page. Returns the way to stop it. */
export function listenForPageKeys(actions: { focus: () => void; help: () => void }): () => void {
  const onKeyDown = (event: KeyboardEvent): void => {
    const field = document.activeElement;
    const inField = field instanceof HTMLTextAreaElement || field instanceof HTMLInputElement;
    const action = pageKey(event, {
      inField,
      fieldIsEmpty: inField && field.value === "",
      inDialog: document.querySelector("dialog[open]") !== null,
    });
    if (action === undefined || event.isComposing) return;
    event.preventDefault();
    actions[action]();
  };
  document.addEventListener("keydown", onKeyDown);
  return () => document.removeEventListener("keydown", onKeyDown);
}
