import type { VNode } from "preact";

/** What somebody sees whom the gateway does not know. */
export function SignedOut(): VNode {
  return (
    <main class="signed-out">
      <h1>Kingly</h1>
      <p>
        Open the address that <code>start</code> printed.
      </p>
      <p class="soft">
        It ends with <code>#token=…</code> and lets this browser in for thirty days. Whoever started Kingly finds it in
        the terminal.
      </p>
    </main>
  );
}
