import { Readable } from "node:stream";
import { array, asyncProperty, assert, nat, property, string, uint8Array } from "fast-check";
import { expect, test } from "vitest";
import { linesOf, parsed, readBody, warningsIn } from "../../../engine/cluster/reply-body.ts";

const invalid = expect.objectContaining({ code: "CLUSTER_REPLY_INVALID" });

/** A stream of `text` in pieces of `size` bytes. */
function pieces(text: Uint8Array, size: number): Readable {
  const count = Math.ceil(text.length / size);
  return Readable.from(
    Array.from({ length: count }, (_, i) => text.subarray(i * size, (i + 1) * size)),
  );
}

async function allOf(lines: AsyncIterable<string>): Promise<string[]> {
  const all: string[] = [];
  for await (const line of lines) all.push(line);
  return all;
}

test("a body is read completely however it is split; one that is too long is refused, or cut", async () => {
  await assert(
    asyncProperty(uint8Array({ maxLength: 200 }), nat(40), nat(250), async (body, size, most) => {
      const read = (over: "refuse" | "cut") => readBody(pieces(body, size + 1), most, over, "api");
      expect(Buffer.from(await read("cut"))).toEqual(Buffer.from(body.subarray(0, most)));
      const outcome = await read("refuse").then(
        (bytes) => Buffer.from(bytes),
        () => "refused",
      );
      expect(outcome).toEqual(body.length > most ? "refused" : Buffer.from(body));
    }),
  );
});

test("lines are complete wherever the stream is split", async () => {
  const line = string().map((text) => text.replaceAll(/[\r\n\u2028\u2029]/g, "-"));
  await assert(
    asyncProperty(array(line, { minLength: 1 }), nat(20), async (lines, size) => {
      const text = Buffer.from(lines.map((one) => `${one}\n`).join(""));
      expect(await allOf(linesOf(pieces(text, size + 1), "api"))).toEqual(lines);
    }),
  );
});

test("a line longer than any object ends the watch, before all of it is in memory", async () => {
  let sent = 0;
  const endless = new Readable({
    read() {
      sent += 1 << 16;
      this.push(Buffer.alloc(1 << 16, "x"));
    },
  });
  await expect(allOf(linesOf(endless, "api"))).rejects.toThrow(invalid);
  expect(sent).toBeLessThan(16 << 20);
});

test("invalid objects are skipped; warnings are bounded, whatever the header", () => {
  assert(
    property(string(), (text) => {
      const value = parsed(text);
      expect(value === undefined || typeof value === "object").toBe(true);
      expect(warningsIn(text).every((words) => words.length <= 1000)).toBe(true);
    }),
  );
  expect(["[]", "1", "null", "{"].map(parsed)).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
  expect(warningsIn('299 - "unknown field \\"a\\"", 299 - "two"')).toEqual([
    'unknown field "a"',
    "two",
  ]);
});
