import { deepStrictEqual } from "node:assert/strict";
import fc from "fast-check";
import { expect, test } from "vitest";
import { defineCode, formatCommand, formatEvent, parseCommand, parseEvent } from "../src/index.ts";
import { anyCommand, anyEvent, anyText, anyValue, nearLine } from "./arbitraries.ts";
import { isMessage } from "./grammar-recogniser.ts";

const runs = { numRuns: 3000 };

test("[C27] every command is read back as it was written, and its line is a message of the grammar", () => {
  fc.assert(
    fc.property(anyCommand, (command) => {
      const line = formatCommand(command);
      deepStrictEqual(parseCommand(line), { ok: true, value: command });
      expect(isMessage(line)).toBe(true);
    }),
    runs,
  );
});

test("[C27] every event is read back as it was written, and its line is a message of the grammar", () => {
  fc.assert(
    fc.property(anyEvent, (event) => {
      const line = formatEvent(event);
      deepStrictEqual(parseEvent(line), { ok: true, value: event });
      expect(isMessage(line)).toBe(true);
    }),
    runs,
  );
});

test("[C9] the canonical form is a fixed point of every line that can be read", () => {
  let read = 0;
  fc.assert(
    fc.property(nearLine, (line) => {
      for (const [parse, format] of [
        [parseCommand, formatCommand],
        [parseEvent, formatEvent],
      ] as const) {
        const first = parse(line);
        if (!first.ok) continue;
        read += 1;
        const canonical = (format as (message: unknown) => string)(first.value);
        const second = parse(canonical);
        deepStrictEqual(second, first);
        expect((format as (message: unknown) => string)(first.value)).toBe(canonical);
      }
    }),
    { numRuns: 20_000 },
  );
  expect(read).toBeGreaterThan(500);
});

test("[C9] a canonical line never holds a raw control, a line separator or a lone surrogate", () => {
  fc.assert(
    fc.property(anyCommand, (command) => {
      const line = formatCommand(command);
      const isRaw = (unit: number): boolean => unit < 0x20 || [0x7f, 0x85, 0x20_28, 0x20_29].includes(unit);
      expect(Array.from(line, (sign) => sign.charCodeAt(0)).some(isRaw)).toBe(false);
      expect(line.isWellFormed()).toBe(true);
    }),
    runs,
  );
});

const box = defineCode("command", "box", "bx:{value:any!}");

test("[C23] what JSON.stringify writes is a legal field, and means the same", () => {
  const hasUnsafeInteger = (value: unknown): boolean =>
    typeof value === "number"
      ? Number.isInteger(value) && !Number.isSafeInteger(value)
      : typeof value === "object" && value !== null && Object.values(value).some(hasUnsafeInteger);
  fc.assert(
    fc.property(anyValue, (value) => {
      const json = JSON.stringify(value);
      fc.pre(!json.includes("\u{7f}") && !hasUnsafeInteger(value));
      deepStrictEqual(box.parse(`bx:${json}`), { ok: true, value: { op: "box", value: JSON.parse(json) as unknown } });
    }),
    runs,
  );
});

test("[C23] the two exceptions: a raw DEL, and a whole number beyond 2^53 - 1", () => {
  expect(box.parse(`bx:${JSON.stringify("\u{7f}")}`)).toMatchObject({ error: { code: "raw_control" } });
  expect(box.parse(`bx:${JSON.stringify([1e20])}`)).toMatchObject({ error: { code: "unsafe_number" } });
});

test("[C18] a newer template's line passes through an older one and means the same", () => {
  const older = defineCode("event", "thing", "th:{id}");
  const newer = defineCode("event", "thing", "th:{id}|{text}|{amount:number}|{share:unit}|{what:any}|{size:level}");
  fc.assert(
    fc.property(
      fc.record(
        {
          op: fc.constant("thing" as const),
          id: anyText.filter((id) => id !== ""),
          text: anyText,
          amount: fc.double({ noNaN: true, noDefaultInfinity: true }),
          share: fc.double({ min: 0, max: 1, noNaN: true }),
          what: anyValue,
          size: fc.constantFrom("low" as const, 3),
        },
        { requiredKeys: ["op", "id"], noNullPrototype: true },
      ),
      (message) => {
        const read = older.parse(newer.format(message));
        if (!read.ok) throw new Error(read.error.hint);
        deepStrictEqual(newer.parse(older.format(read.value)), { ok: true, value: message });
      },
    ),
    runs,
  );
});
