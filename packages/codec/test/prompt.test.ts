import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { commandTemplates, digest, estimateTokens, parseCommand, parseEvent, teachingText } from "../src/index.ts";
import { scan } from "./streams.ts";
import type { Event } from "../src/index.ts";

describe("the text that teaches a model", () => {
  test("[C67] has the templates of the five commands, and an example that reads", () => {
    const text = teachingText();
    for (const op of ["task_create", "task_split", "workflow_start", "context_load", "memory_store"] as const) {
      expect(text).toContain(`\n${commandTemplates[op]} `);
    }
    expect(text).not.toContain("\nut:");
    const example = /^\[Generating: (.*)\]$/m.exec(text)?.[1] ?? "";
    expect(parseCommand(example).ok).toBe(true);
    // Counted in bench/codec/tokens.ts: 189 tokens. A longer text must be counted again.
    expect(text.length).toBeLessThanOrEqual(664);
  });

  test("[C67] teaches other commands when told to", () => {
    const sealed = teachingText(["task_create"], "k7q2");
    expect(sealed).toContain("[Generating k7q2: tc:");
    expect(sealed.endsWith("\nA bracket without k7q2 is not carried out.")).toBe(true);
    expect(estimateTokens(sealed) - estimateTokens(teachingText(["task_create"]))).toBeLessThanOrEqual(20);
    // What it shows is what a scanner with that seal executes.
    const shown = scan(sealed, { seal: "k7q2" }).filter(({ kind }) => kind === "command");
    expect(shown).toMatchObject([{ line: "tc:User Authentication System|business_growth|high" }]);
    const text = teachingText(["cancel"]);
    expect(text).toContain(commandTemplates.cancel);
    expect(text).not.toContain("\nts:");
    expect(text).not.toContain("auto");
  });
});

const status = (id: string, word: string, progress?: number): Event => ({
  op: "status_update",
  entity_id: id,
  status: word,
  ...(progress !== undefined && { progress }),
});

describe("the digest", () => {
  const events: readonly Event[] = [
    status("task_1", "done"),
    status("task_2", "queued"),
    { op: "task_ready", cid: "9", task_id: "task_3", confidence: 0.5, routing: "split" },
    status("task_4", "in_progress", 0.2),
    status("task_5", "failed"),
    { op: "context_loaded", context_id: "c", summary: "not a status" },
    { ...status("task_4", "in_progress", 0.6), cid: "a" },
    { op: "task_complete", task_id: "task_2", result: "success" },
    status("task_6", "in_progress"),
  ];

  test("[C68] has the newest status of every entity, the oldest first, without cids", () => {
    const { text, kept, dropped } = digest(events, { maxChars: 1000 });
    expect(text.split("\n")).toEqual([
      "su:task_1|done",
      "tr:task_3|0.5|split",
      "su:task_5|failed",
      "su:task_4|in_progress|0.6",
      "tc:task_2|success",
      "su:task_6|in_progress",
    ]);
    expect([kept, dropped]).toEqual([6, 0]);
  });

  test("[C68] drops what is over, then what waits, then what is at work, and last what failed; the oldest first", () => {
    const gone: string[] = [];
    let before = digest(events, { maxChars: 1000 }).text.split("\n");
    for (let maxChars = 1000; maxChars >= 0; maxChars -= 1) {
      const { text, kept, dropped } = digest(events, { maxChars });
      expect(text.length).toBeLessThanOrEqual(maxChars);
      expect(kept + dropped).toBe(6);
      const now = text === "" ? [] : text.split("\n");
      gone.push(...before.filter((line) => !now.includes(line)));
      before = now;
    }
    expect(gone).toEqual([
      "su:task_1|done",
      "tc:task_2|success",
      "tr:task_3|0.5|split",
      "su:task_4|in_progress|0.6",
      "su:task_6|in_progress",
      "su:task_5|failed",
    ]);
  });

  test("[C68] keeps within tokens, by the counter that is passed in or by its own estimate", () => {
    const many = Array.from({ length: 60 }, (_, index) => status(`task_${index}`, "in_progress", 0.5));
    const words = (text: string): number => text.split(/[|\n]/).length;
    expect(digest(many, { maxTokens: 31, countTokens: words })).toMatchObject({ kept: 10, dropped: 50 });
    const { text, kept } = digest(many, { maxTokens: 300 });
    expect(estimateTokens(text)).toBeLessThanOrEqual(300);
    expect(kept).toBeGreaterThanOrEqual(20);
    expect(text.endsWith("su:task_59|in_progress|0.5")).toBe(true);
  });

  test("[C68] of nothing, or with no room, is empty", () => {
    expect(digest([], { maxChars: 10 })).toEqual({ text: "", kept: 0, dropped: 0 });
    expect(digest(events, { maxTokens: 0 })).toEqual({ text: "", kept: 0, dropped: 6 });
  });

  test("[C68] every line of it reads, whatever fits", () => {
    const one = fc.record({
      id: fc.constantFrom("a", "b", "c", "d"),
      word: fc.constantFrom("queued", "failed", "x|y", "done"),
    });
    fc.assert(
      fc.property(fc.array(one, { maxLength: 12 }), fc.nat(120), (list, maxChars) => {
        const { text, kept } = digest(
          list.map(({ id, word }) => status(id, word)),
          { maxChars },
        );
        const lines = text === "" ? [] : text.split("\n");
        expect(lines).toHaveLength(kept);
        for (const line of lines) expect(parseEvent(line).ok).toBe(true);
      }),
    );
  });
});
