import type { RefObject, VNode } from "preact";
import { keyBindings } from "./key-bindings.ts";
import { suggestions } from "./suggestions.ts";

/** The sheet with the keys and things to say. The browser keeps the focus in it, and gives it back. */
export function HelpSheet(props: {
  sheet: RefObject<HTMLDialogElement | null>;
  onPick: (text: string) => void;
}): VNode {
  const close = (): void => props.sheet.current?.close();
  return (
    <dialog ref={props.sheet} class="help" aria-labelledby="help-title">
      <div class="line">
        <h2 id="help-title">Help</h2>
        <button type="button" class="plain" onClick={close}>
          Close
        </button>
      </div>
      <h3>Keys</h3>
      <dl class="keys">
        {keyBindings.map(({ keys, does }) => (
          <div key={does}>
            <dt>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <h3>Things to say</h3>
      <ul class="picks">
        {suggestions.map((text) => (
          <li key={text}>
            <button
              type="button"
              onClick={() => {
                close();
                props.onPick(text);
              }}
            >
              {text}
            </button>
          </li>
        ))}
      </ul>
      <p class="soft">
        A turn is <em>heard</em> at once, <em>recorded</em> when it is safe here, <em>accepted</em> when the
        orchestrator has it, <em>running</em>, and then <em>done</em>, <em>cancelled</em> or
        <em>failed</em>.
      </p>
    </dialog>
  );
}
