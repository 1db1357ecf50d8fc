import { describe, expect, expectTypeOf, test } from "vitest";
import { createLanguage, defineCode, formatCommand, isCodecError, parseCommand } from "../src/index.ts";
import type { Command, Event, Level, Parsed, Value } from "../src/index.ts";

const invoice = defineCode("command", "invoice", "iv:{customer_id}|{amount:number!}|{note}");
const paid = defineCode("event", "pd:{customer_id}|{share:unit}|{size:level}|{rest:any}");
const language = createLanguage({ commands: [invoice], events: [paid] });

interface Invoice {
  readonly op: "invoice";
  readonly cid?: string;
  readonly customer_id: string;
  readonly amount: number;
  readonly note?: string;
  readonly extra?: readonly (Value | undefined)[];
}
interface Paid {
  readonly op: "pd";
  readonly cid?: string;
  readonly customer_id: string;
  readonly share?: number;
  readonly size?: Level;
  readonly rest?: Value;
  readonly extra?: readonly (Value | undefined)[];
}

function codeOf(make: () => unknown): string {
  try {
    make();
    return "nothing was thrown";
  } catch (error) {
    return isCodecError(error) ? error.code : String(error);
  }
}

describe("a code without a name", () => {
  test("[C63] has its two letters as its op", () => {
    const line = paid.format({ op: "pd", customer_id: "c_9", share: 0.5, size: "low", rest: { a: [1] } });
    expect(line).toBe("pd:c_9|0.5|low|{a:[1]}");
    expect(paid.parse(line)).toMatchObject({ ok: true, value: { op: "pd", share: 0.5 } });
    expect(paid).toMatchObject({
      direction: "event",
      op: "pd",
      template: "pd:{customer_id}|{share:unit}|{size:level}|{rest:any}",
    });
  });

  test("[C63][C21] has the types of every kind of its template", () => {
    expectTypeOf<Parameters<typeof paid.format>[0]>().branded.toEqualTypeOf<Paid>();
    expectTypeOf(paid.op).toEqualTypeOf<"pd">();
    const task = defineCode("command", "tc:{title}|{intent_type}|{complexity}");
    expectTypeOf<Parameters<typeof task.format>[0]["complexity"]>().toEqualTypeOf<string | undefined>();
    const strict = defineCode("command", "st:{when:number}|{who!}|{how:any!}");
    expectTypeOf<Parameters<typeof strict.format>[0]>().branded.toEqualTypeOf<{
      readonly op: "st";
      readonly cid?: string;
      readonly when: number;
      readonly who: string;
      readonly how: Value;
      readonly extra?: readonly (Value | undefined)[];
    }>();
    // @ts-expect-error there is no such op
    expect(() => paid.format({ op: "paid", customer_id: "c" })).toThrow(/paid/);
  });

  test("[C63][C20] a bad template is refused as with a name", () => {
    expect(codeOf(() => defineCode("event", "pd"))).toBe("BAD_TEMPLATE");
    expect(codeOf(() => defineCode("event", ""))).toBe("BAD_TEMPLATE");
  });
});

describe("a language", () => {
  test("[C61] reads and writes the codes of the house and one's own", () => {
    const own = { op: "invoice", cid: "7", customer_id: "c_9", amount: 2 } as const;
    expect(language.formatCommand(own)).toBe("iv#7:c_9|2");
    expect(language.parseCommand("iv#7:c_9|2")).toEqual({ ok: true, value: own });
    const house = { op: "task_create", title: "x", intent_type: "y" } as const;
    expect(language.formatCommand(house)).toBe(formatCommand(house));
    expect(language.parseCommand("tc:x|y")).toEqual(parseCommand("tc:x|y"));
    expect(language.formatEvent({ op: "pd", customer_id: "c" })).toBe("pd:c");
    expect(language.parseEvent("su:t|done")).toMatchObject({ value: { op: "status_update" } });
    expect(language.parseEvent("iv:c_9|2")).toMatchObject({ error: { code: "unknown_code" } });
    expect(parseCommand("iv:c_9|2")).toMatchObject({ error: { code: "unknown_code" } });
  });

  test("[C61] has the union of the types", () => {
    expectTypeOf(language.parseCommand).returns.branded.toEqualTypeOf<Parsed<Command | Invoice>>();
    expectTypeOf(language.parseEvent).returns.branded.toEqualTypeOf<Parsed<Event | Paid>>();
    const parsed = language.parseCommand("iv:c_9|2");
    if (parsed.ok && parsed.value.op === "invoice") expectTypeOf(parsed.value.amount).toEqualTypeOf<number>();
    // @ts-expect-error amount is required
    expect(() => language.formatCommand({ op: "invoice", customer_id: "c" })).toThrow(/amount/);
    expectTypeOf(createLanguage({}).parseCommand).returns.toEqualTypeOf<Parsed<Command>>();
  });

  test.for(["__proto__", "constructor", "toString", "", "a b"])("[C61][C63] the op %j is one like any other", (op) => {
    const code = defineCode("command", op, "zz:{x}|{y}");
    const { parseCommand, formatCommand } = createLanguage({ commands: [code] });
    for (const parse of [(line: string) => code.parse(line), parseCommand]) {
      expect(parse("zz:1|2")).toEqual({ ok: true, value: { op, x: "1", y: "2" } });
      expect(parse("zz:1|2|3|4")).toEqual({ ok: true, value: { op, x: "1", y: "2", extra: [3, 4] } });
    }
    expect(formatCommand({ op, x: "1" })).toBe("zz:1");
    expect(formatCommand({ op: "task_create", title: "x" })).toBe("tc:x");
  });

  test("[C61] a code or an op that is taken, or of the other direction, is refused", () => {
    const sameCode = defineCode("command", "ticket", "tc:{title}");
    const sameOp = defineCode("command", "cancel", "cx:{id}");
    for (const commands of [[sameCode], [sameOp], [paid], [invoice, invoice]]) {
      expect(codeOf(() => createLanguage({ commands }))).toBe("BAD_TEMPLATE");
    }
    // The other direction has other codes.
    expect(createLanguage({ events: [defineCode("event", "ticket", "ts:{title}")] }).parseEvent("ts:x").ok).toBe(true);
  });
});
