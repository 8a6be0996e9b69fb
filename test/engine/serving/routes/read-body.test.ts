import { PassThrough } from "node:stream";
import { gzipSync } from "node:zlib";
import type { FastifyRequest } from "fastify";
import { expect, test } from "vitest";
import { BodyReader } from "../../../../engine/serving/routes/read-body.ts";

/** A request whose body is sent piece by piece. */
function request(headers: Record<string, string> = {}) {
  const raw = Object.assign(new PassThrough(), { socket: { destroyed: false } });
  return { raw, headers } as unknown as FastifyRequest & { raw: typeof raw };
}

const MIB = 1 << 20;

test("bodies in transit share one limit, and release what they took", async () => {
  const reader = new BodyReader(4 * MIB);
  const [first, second, third] = [request(), request(), request()];
  const reading = reader.read(first);
  first.raw.write(Buffer.alloc(3 * MIB));
  const refused = reader.read(second);
  second.raw.end(Buffer.alloc(2 * MIB));
  await expect(refused).rejects.toMatchObject({ code: "BODIES_TOO_MANY", status: 503 });
  first.raw.end();
  expect((await reading).bytes.length).toBe(3 * MIB);
  const again = reader.read(third);
  third.raw.end(Buffer.alloc(3 * MIB));
  expect((await again).bytes.length).toBe(3 * MIB);
});

test("a body that ends too early releases what it took", async () => {
  const reader = new BodyReader(4 * MIB);
  for (let i = 0; i < 3; i++) {
    const cut = request();
    const reading = reader.read(cut);
    cut.raw.write(Buffer.alloc(3 * MIB));
    await new Promise(setImmediate);
    cut.raw.destroy();
    await expect(reading).rejects.toMatchObject({ code: "REQUEST_INVALID" });
  }
});

test("bodies are decompressed one after another, so that many small ones do not take all memory at once", async () => {
  const reader = new BodyReader();
  const packed = gzipSync(Buffer.alloc(8 * MIB));
  const begun = performance.now();
  const reading = Array.from({ length: 24 }, async () => {
    const one = request({ "content-encoding": "gzip" });
    one.raw.end(packed);
    expect((await reader.read(one)).bytes).toHaveLength(8 * MIB);
    return performance.now() - begun;
  });
  const ms = await Promise.all(reading);
  expect(Math.min(...ms)).toBeLessThan(Math.max(...ms) / 3);
});

test("a body that nobody waits for any more is not decompressed", async () => {
  const gone = request({ "content-encoding": "gzip" });
  gone.raw.socket.destroyed = true;
  gone.raw.end(gzipSync("{}"));
  await expect(new BodyReader().read(gone)).rejects.toMatchObject({ code: "REQUEST_INVALID" });
});

test("a body of no pieces is empty", async () => {
  const empty = request();
  const reading = new BodyReader().read(empty);
  empty.raw.end();
  expect((await reading).bytes).toHaveLength(0);
});
