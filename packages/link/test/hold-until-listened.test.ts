import { expect, test } from "vitest";
import { holdUntilListened } from "../src/hold-until-listened.ts";

test("[LK32] what arrives between the opening of a socket and its listener is kept, in order, a close included", () => {
  const hold = holdUntilListened();
  const told: string[] = [];
  hold.onMessage("a");
  hold.onAlive();
  hold.onClose(1006, "lost");
  hold.onMessage("after the close");
  hold.listen({
    onMessage: (text) => void told.push(text),
    onClose: (code) => void told.push(String(code)),
    onDrain: () => void told.push("drain"),
    onAlive: () => void told.push("alive"),
  });
  hold.onDrain();
  expect(told).toEqual(["a", "alive", "1006"]);
});
