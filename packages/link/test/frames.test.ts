import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isLinkError, readClientFrame, readServerFrame } from "../src/index.ts";
import { joinBody } from "../src/join-body.ts";
import { utf8Bytes } from "../src/utf8-bytes.ts";

const codeOf = (text: string): string => {
  const read = readClientFrame(text);
  return read.ok ? "ok" : read.error.code;
};

describe("frames", () => {
  test("[LK3] the link's own names win and everything else of the body comes through", () => {
    const names = fc.string().filter((name) => !["__proto__", "toJSON"].includes(name));
    fc.assert(
      fc.property(fc.dictionary(names, fc.jsonValue()), (body) => {
        const joined = JSON.parse(joinBody({ t: "reply", id: "a" }, { ...body, id: "theirs" })) as object;
        expect(joined).toEqual({ ...(JSON.parse(JSON.stringify(body)) as object), t: "reply", id: "a" });
      }),
    );
  });

  test.each([[[1]], [new Date(0)], [{ n: 1n }], [() => 1]])("[LK3] %s cannot be a body", (body) => {
    let thrown: unknown;
    try {
      joinBody({ t: "reply", id: "a" }, body);
    } catch (error) {
      thrown = error;
    }
    expect(isLinkError(thrown) && thrown.code).toBe("UNTELLABLE_BODY");
  });

  test("[LK5] a frame that is not JSON, too deep, poisoned, or no object is named", () => {
    expect(codeOf("{")).toBe("malformed_json");
    expect(codeOf("")).toBe("malformed_json");
    expect(codeOf("[]")).toBe("invalid_frame");
    expect(codeOf("null")).toBe("invalid_frame");
    expect(codeOf('{"t":"shout"}')).toBe("unknown_frame");
    expect(codeOf("{}")).toBe("unknown_frame");
    expect(codeOf('{"t":"say","id":"a","b":{"__proto__":{"x":1}}}')).toBe("forbidden_key");
    expect(codeOf('{"t":"say","id":"a","b":[{"\\u005f_proto__":1}]}')).toBe("forbidden_key");
    expect(codeOf('{"t":"say","id":"a","text":"about __proto__ and constructor"}')).toBe("ok");
  });

  test("[LK5] 32 open brackets pass, 33 do not, and brackets in strings do not count", () => {
    const nested = (inner: number): string => `{"t":"say","id":"a","b":${"[".repeat(inner)}${"]".repeat(inner)}}`;
    expect(codeOf(nested(31))).toBe("ok");
    expect(codeOf(nested(32))).toBe("too_deep");
    expect(codeOf(`{"t":"say","id":"a","b":"\\"${"[".repeat(100)}"}`)).toBe("ok");
  });

  test("[LK5] 1,024 keys of a client pass, one more does not; a server's frame of many events may have more", () => {
    const say = (keys: number): string => {
      const body = Array.from({ length: keys - 3 }, (_, at) => [`k${at}`, ":"]);
      return JSON.stringify({ t: "say", id: "a", b: Object.fromEntries(body) as object });
    };
    expect(codeOf(say(1_024))).toBe("ok");
    expect(codeOf(say(1_025))).toBe("too_many_keys");
    const events = Array.from({ length: 1_000 }, (_, at) => ({ seq: at + 1, n: 1 }));
    expect(readServerFrame(JSON.stringify({ t: "events", events }))).toMatchObject({ t: "events" });
  });

  test.each([
    ["no JSON", "{"],
    ["no object", "[]"],
    ["too deep", `{"t":"note","b":${"[".repeat(32)}${"]".repeat(32)}}`],
    ["poisoned", '{"t":"events","events":[{"seq":1,"b":{"__proto__":{"x":1}}}]}'],
    ["poisoned in disguise", '{"t":"note","b":[{"\\u0063onstructor":1}]}'],
    ["a position without a head", '{"t":"hello","epoch":"e1","low":1}'],
    ["an epoch of another form", '{"t":"hello","epoch":"e 1","head":1,"low":1}'],
    ["an event without a seq", '{"t":"events","events":[{"seq":1},{"seq":-1}]}'],
    ["events that are none", '{"t":"events","events":7}'],
  ])("[LK5] a server's frame that is %s is garbled", (_, text) => {
    expect(readServerFrame(text)).toBeUndefined();
  });

  test("[LK5] a server's frame of 32 open brackets passes, and one that only speaks of forbidden keys", () => {
    expect(readServerFrame(`{"t":"note","b":${"[".repeat(31)}${"]".repeat(31)}}`)?.t).toBe("note");
    expect(readServerFrame('{"t":"note","text":"about __proto__ and constructor"}')?.t).toBe("note");
    expect(readServerFrame('{"t":"weather"}')).toEqual({ t: "other" });
  });

  test("[LK6] ids, questions and acks have a form", () => {
    expect(codeOf('{"t":"say","id":""}')).toBe("invalid_frame");
    expect(codeOf('{"t":"say","id":"a b"}')).toBe("invalid_frame");
    expect(codeOf('{"t":"say"}')).toBe("invalid_frame");
    expect(codeOf(`{"t":"say","id":"${"a".repeat(64)}"}`)).toBe("ok");
    expect(codeOf(`{"t":"say","id":"${"a".repeat(65)}"}`)).toBe("invalid_frame");
    expect(codeOf('{"t":"ask","id":"a","question":""}')).toBe("invalid_frame");
    expect(codeOf('{"t":"ask","id":"a","question":"memory"}')).toBe("ok");
    expect(codeOf('{"t":"ask","id":"a b","question":"memory"}')).toBe("invalid_frame");
    for (const seq of ["-1", "1.5", '"1"', "null"]) expect(codeOf(`{"t":"ack","seq":${seq}}`)).toBe("invalid_frame");
    expect(codeOf('{"t":"ack","seq":0}')).toBe("ok");
    expect(codeOf('{"t":"hello","after":5}')).toBe("invalid_frame");
    expect(codeOf('{"t":"hello"}')).toBe("ok");
  });

  test("[LK5] no text makes either reader throw", () => {
    const texts = fc.oneof(
      fc.string(),
      fc.json(),
      fc.jsonValue().map((value) => JSON.stringify({ t: "events", events: value })),
    );
    fc.assert(
      fc.property(texts, (text) => {
        readClientFrame(text);
        readServerFrame(text);
      }),
    );
  });

  test("[LK10] bytes are counted as UTF-8 counts them", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(utf8Bytes(text)).toBe(Buffer.byteLength(text));
      }),
    );
    expect(utf8Bytes("\ud800x")).toBe(Buffer.byteLength("\ud800x"));
  });
});
