import { describe, expect, expectTypeOf, test } from "vitest";
import { defineCode, isCodecError } from "../src/index.ts";
import type { Command, Event, Level, Parsed, Value } from "../src/index.ts";

const invoice = defineCode(
  "command",
  "invoice",
  "iv:{customer_id}|{amount:number!}|{share:unit}|{size:level}|{lines:any}|{note}",
);

describe("a code of one's own", () => {
  test("[C21] is read and written like any other", () => {
    const message = { op: "invoice", cid: "a1", customer_id: "c_9", amount: 12.5, note: "May | June" } as const;
    const line = invoice.format(message);
    expect(line).toBe("iv#a1:c_9|12.5||||May \\| June");
    expect(invoice.parse(line)).toEqual({ ok: true, value: message });
    expect(invoice).toMatchObject({ direction: "command", op: "invoice" });
  });

  test("[C21] reads no other code", () => {
    expect(invoice.parse("tc:x")).toMatchObject({ ok: false, error: { code: "unknown_code", expected: ["iv"] } });
    expect(invoice.parse("iv:c_9")).toMatchObject({ error: { code: "missing_field", field: { name: "amount" } } });
  });

  test("[C21] has the types that its template describes", () => {
    type Invoice = Parameters<typeof invoice.format>[0];
    expectTypeOf<Invoice>().toEqualTypeOf<{
      readonly op: "invoice";
      readonly cid?: string;
      readonly customer_id: string;
      readonly amount: number;
      readonly share?: number;
      readonly size?: Level;
      readonly lines?: Value;
      readonly note?: string;
      readonly extra?: readonly (Value | undefined)[];
    }>();
    expectTypeOf(invoice.parse("iv:c|1")).toEqualTypeOf<Parsed<Invoice>>();
    // @ts-expect-error amount is required
    expect(() => invoice.format({ op: "invoice", customer_id: "c" })).toThrow(/amount/);
    // @ts-expect-error there is no such field
    invoice.format({ op: "invoice", customer_id: "c", amount: 1, colour: "red" });
  });

  test("[C21] one field is enough, and eight are the most", () => {
    const ping = defineCode("event", "ping", "pi:{id}");
    expect(ping.format({ op: "ping", id: "x" })).toBe("pi:x");
    expectTypeOf<Parameters<typeof ping.format>[0]>().toEqualTypeOf<{
      readonly op: "ping";
      readonly cid?: string;
      readonly id: string;
      readonly extra?: readonly (Value | undefined)[];
    }>();
    const wide = defineCode("event", "wide", "wi:{a}|{b}|{c}|{d}|{e}|{f}|{g}|{h}");
    expect(wide.format({ op: "wide", a: "1", h: "8" })).toBe("wi:1|||||||8");
  });
});

test("[C12] the messages of the house have the types of their templates", () => {
  expectTypeOf<Extract<Command, { op: "task_create" }>>().toEqualTypeOf<{
    readonly op: "task_create";
    readonly cid?: string;
    readonly title: string;
    readonly intent_type?: string;
    readonly complexity?: Level;
    readonly extra?: readonly (Value | undefined)[];
  }>();
  expectTypeOf<Extract<Event, { op: "status_update" }>>().toEqualTypeOf<{
    readonly op: "status_update";
    readonly cid?: string;
    readonly entity_id: string;
    readonly status: string;
    readonly progress?: number;
    readonly extra?: readonly (Value | undefined)[];
  }>();
  expectTypeOf<Command["op"]>().toEqualTypeOf<
    | "task_create"
    | "task_split"
    | "workflow_start"
    | "context_load"
    | "memory_store"
    | "utterance"
    | "cancel"
    | "amend"
    | "approve"
    | "retry"
  >();
});

test.for([
  "",
  "tc",
  "tc:",
  "TC:{a}",
  "tcc:{a}",
  "tc:a",
  "tc:{}",
  "tc:{A}",
  "tc:{a-b}",
  "tc:{1a}",
  "tc:{a}|",
  "tc:{a}|{a}",
  "tc:{op}",
  "tc:{a}|{cid}",
  "tc:{a}|{extra}",
  "tc:{a:date}",
  "tc:{a} |{b}",
  "tc:{__proto__}",
  "tc:{a}|{b}|{c}|{d}|{e}|{f}|{g}|{h}|{i}",
  "zz:{x}|{constructor}",
])("[C20] the template %j is refused", (template) => {
  try {
    defineCode("command", "thing", template);
    expect.unreachable();
  } catch (error) {
    expect(isCodecError(error) && error.code).toBe("BAD_TEMPLATE");
  }
});
