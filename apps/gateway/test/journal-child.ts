// Records utterances for ever, 20 at a time, and says each id only after it was recorded; the test kills it.
import { createSystemClock } from "@kingly/runtime";
import { openJournal } from "../src/journal/journal.ts";

const journal = await openJournal({ clock: createSystemClock() }, { path: process.argv[2] ?? "", nowMs: 1 });
for (let first = 0; ; first += 20) {
  await Promise.all(
    Array.from({ length: 20 }, async (_, place) => {
      const id = `u${first + place}`;
      const outbox = [{ id: `c${first + place}`, body: `{"line":"${id}"}` }];
      await journal.record({
        workspace: "w",
        person: "owner",
        id,
        text: `text of ${id}`,
        atMs: 1,
        answer: `{"id":"${id}"}`,
        outbox,
      });
      process.stdout.write(`${id}\n`);
    }),
  );
}
