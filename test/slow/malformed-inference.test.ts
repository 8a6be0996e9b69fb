import { deflateSync, gzipSync } from "node:zlib";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { ask } from "../engine/serving/routes/asking.ts";
import { binaryBody, element } from "../engine/kserve/bodies.ts";
import { openConstantServer } from "../fakes/open-inference-server.ts";
import { rawRequest } from "../fakes/raw-request.ts";

/** Ten thousand requests, all of them invalid; the error in each is known. */
const ARBITRARY = 4000;
const BROKEN = 4000;
const RAW = 2000;

const MODEL = "/v2/models/starter";
const PATHS = ["/infer", "/versions/1.0/infer", "/generate", "/generate_stream"].map(
  (end) => `${MODEL}${end}`,
);

/** A random body: it is practically impossible that it requests a picture. */
const arbitrary = fc.record({
  path: fc.constantFrom(...PATHS, "/v1/models/starter:predict", "/v1/models/starter%3Apredict"),
  body: fc.oneof(
    fc.json().map((text) => Buffer.from(text)),
    fc.string({ unit: "binary" }).map((text) => Buffer.from(text)),
    fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  ),
  headers: fc.record(
    {
      "content-type": fc.constantFrom("application/json", "application/octet-stream"),
      "content-encoding": fc.constantFrom("gzip", "deflate", "br", "identity"),
      "inference-header-content-length": fc.oneof(
        fc
          .integer({ min: -3, max: 400 })
          .filter((length) => length !== 0)
          .map(String),
        fc.string({ unit: "grapheme-ascii" }).filter((text) => text !== "0"),
      ),
    },
    { requiredKeys: ["content-type"], noNullPrototype: true },
  ),
});

interface Sent {
  readonly path: string;
  readonly body: Uint8Array;
  readonly headers?: Record<string, string>;
}

const PROMPT = { name: "prompt", shape: [1], datatype: "BYTES", data: ["a cat"] };
const VALID = { id: "1", inputs: [PROMPT], outputs: [{ name: "image" }] };
const json = (message: unknown): Buffer => Buffer.from(JSON.stringify(message));

/** A valid request after a change. */
const broken: fc.Arbitrary<Sent> = fc
  .oneof(
    changedMessage(),
    fc.nat(json(VALID).length - 1).map((end) => ({ body: json(VALID).subarray(0, end) })),
    fc
      .constantFrom("br", "zstd", "compress", "gzip,gzip", "chunked", "GZIP!")
      .map((encoding) => ({ body: json(VALID), headers: { "content-encoding": encoding } })),
    brokenPacking(),
    brokenBinary(),
    fc.integer({ min: 17, max: 2000 }).map((depth) => ({
      body: Buffer.from(`{"inputs":[{"name":"prompt","datatype":"BYTES","data":${nest(depth)}}]}`),
    })),
    fc
      .constantFrom("id", "inputs", "parameters")
      .map((key) => ({ body: Buffer.from(`{"${key}":1,${JSON.stringify(VALID).slice(1)}`) })),
    fc
      .string({ unit: "binary" })
      .filter((text) => /[^\s\0]/.test(text))
      .map((text) => ({ body: Buffer.concat([json(VALID), Buffer.from(`}${text}`)]) })),
  )
  .map((sent) => ({ path: `${MODEL}/infer`, ...sent }));

function nest(depth: number): string {
  return "[".repeat(depth) + "]".repeat(depth);
}

function changedMessage(): fc.Arbitrary<{ body: Buffer }> {
  const input = (change: object) => ({ ...VALID, inputs: [{ ...PROMPT, ...change }] });
  const setting = (change: object) => ({ ...VALID, parameters: change });
  const wrong = fc.oneof(
    fc.constantFrom<object>({}, [], [{}], { a: 1 }),
    fc.constantFrom(true, 1.5, -7),
  );
  return fc
    .oneof(
      wrong.map((inputs) => ({ ...VALID, inputs })),
      wrong.map((data) => input({ data })),
      fc.oneof(wrong, fc.string()).map((datatype) => input({ datatype })),
      fc.array(fc.integer({ min: 2, max: 9 }), { minLength: 1 }).map((shape) => input({ shape })),
      fc
        .constantFrom(
          { shape: [-2] },
          { shape: "[1]" },
          { shape: [1.5] },
          { name: "" },
          { name: 7 },
        )
        .map(input),
      fc.constantFrom("a\0b", "\ud800", "\udc00x").map((text) => input({ data: [text] })),
      fc
        .string()
        .filter((name) => name !== "image")
        .map((name) => ({ ...VALID, outputs: [{ name }] })),
      fc.constant({ ...VALID, outputs: [{ name: "image" }, { name: "image" }] }),
      fc.constant({ ...VALID, inputs: [PROMPT, PROMPT] }),
      fc
        .constantFrom("width", "height", "num_inference_steps", "guidance_scale", "count", "seed")
        .chain((name) =>
          fc.constantFrom(-1, 1e9 + 0.5, "many", true).map((value) => setting({ [name]: value })),
        ),
      fc.constantFrom(-1, "soon", true, {}).map((timeout) => setting({ timeout })),
      fc.constantFrom({ scheduler: "none" }, { binary_data_output: "yes" }, { a: {} }).map(setting),
      fc.constantFrom({ format: "gif" }, { datatype: "FP16" }, { flat: 1 }).map((parameters) => ({
        ...VALID,
        outputs: [{ name: "image", parameters }],
      })),
    )
    .map((message) => ({ body: json(message) }));
}

function brokenPacking(): fc.Arbitrary<{ body: Buffer; headers: Record<string, string> }> {
  return fc
    .record({
      encoding: fc.constantFrom("gzip", "deflate"),
      share: fc.double({ min: 0, max: 0.95, noNaN: true }),
    })
    .map(({ encoding, share }) => {
      const packed = encoding === "gzip" ? gzipSync(json(VALID)) : deflateSync(json(VALID));
      const body = packed.subarray(0, Math.floor(packed.length * share));
      return { body, headers: { "content-encoding": encoding } };
    });
}

function brokenBinary(): fc.Arbitrary<{ body: Uint8Array; headers: Record<string, string> }> {
  const size = fc.oneof(fc.integer({ min: -5, max: 1000 }), fc.constantFrom(1.5, "9", null, true));
  return fc
    .record({ size: size.filter((bytes) => bytes !== 9), length: fc.option(fc.string()) })
    .map(({ size, length }) => {
      const input = {
        name: "prompt",
        shape: [1],
        datatype: "BYTES",
        parameters: { binary_data_size: size },
      };
      const { bytes, headerLength = "" } = binaryBody({ inputs: [input] }, element("a cat"));
      const header =
        length === null || !/^[\x20-\x7e]+$/.test(length) ? headerLength : `${length}x`;
      return {
        body: bytes,
        headers: {
          "content-type": "application/octet-stream",
          "inference-header-content-length": header,
        },
      };
    });
}

/** Bytes that are almost HTTP: one line of a valid request is replaced. */
const raw = fc
  .record({
    line: fc.constantFrom(
      "BREW PATH HTTP/1.1",
      "post PATH HTTP/1.1",
      "POST PATH HTTP/3",
      "POST PATH",
      "POST http://evil.test/v2 HTTP/1.1",
      "POST * HTTP/1.1",
      "PUT PATH HTTP/1.1",
      "DELETE PATH HTTP/1.1",
      "OPTIONS PATH HTTP/1.1",
      "GET /v2/models/starter/infer HTTP/1.1",
      "POST /v2/%zz HTTP/1.1",
      "POST /../../etc/passwd HTTP/1.1",
      "POST PATH HTTP/1.1",
    ),
    host: fc.constantFrom(
      "Host: localhost:PORT",
      "Host: evil.test",
      "Host: a\r\nHost: b",
      "Host:",
      "",
    ),
    header: fc.oneof(
      fc.constantFrom(
        "Content-Length: x",
        "Content-Length: -1",
        "Content-Length: 5, 6",
        "Transfer-Encoding: gzip",
        "Transfer-Encoding: chunked\r\nContent-Length: 5",
        "no colon",
        ": no name",
        "Origin: http://evil.test",
        "Origin: null",
        "Sec-Fetch-Site: cross-site",
        "Content-Type: text/plain",
        `X: ${"y".repeat(20_000)}`,
      ),
      fc.string({ unit: "binary-ascii" }).map((text) => `X${text}\u0000: 1`),
    ),
    body: fc.constantFrom("", JSON.stringify(VALID), "zz\r\n", "5\r\nab"),
    path: fc.constantFrom(...PATHS, "/", "/v2", "/v2/repository/index"),
  })
  .map(({ line, host, header, body, path }) => {
    const head = [line.replace("PATH", path), host, header, "Connection: close"];
    return `${head.filter((each) => each !== "").join("\r\n")}\r\n\r\n${body}`;
  });

/** What a reply must not reveal: paths of this machine, and where in the code something failed. */
const LEAK = /node_modules|\/home\/|\/tmp\/|engine\/(?:serving|kserve)|\bat .+:\d+:\d+/;

/** Why a reply is wrong; undefined if it is right. */
function wrongIn(status: number, body: string): string | undefined {
  if (!(status >= 400 && status < 500)) return `status ${status}`;
  if (LEAK.test(body)) return "it leaks";
  try {
    const { error } = JSON.parse(body) as { error?: unknown };
    return typeof error === "string" && error !== "" ? undefined : "no error in words";
  } catch {
    return "not JSON";
  }
}

/** Sends all, fifty at a time. */
async function inTurn<T>(items: readonly T[], send: (item: T) => Promise<string | undefined>) {
  const wrong: string[] = [];
  for (let i = 0; i < items.length; i += 50) {
    const found = await Promise.all(items.slice(i, i + 50).map(send));
    wrong.push(...found.filter((each) => each !== undefined));
  }
  return wrong;
}

test("10,000 invalid requests get 4xx and a sentence, and the next valid one its picture", async () => {
  const { origin, port, engine, mistakes } = await openConstantServer();
  const statuses: Record<string, number> = {};
  const count = (status: number): void => {
    statuses[status] = (statuses[status] ?? 0) + 1;
  };
  const post = async ({ path, body, headers }: Sent): Promise<string | undefined> => {
    const type = { "content-type": "application/json" };
    const answer = await ask(`${origin}${path}`, "POST", {
      body,
      headers: { ...type, ...headers },
    });
    count(answer.status);
    const reason = wrongIn(answer.status, answer.bytes.toString());
    return (
      reason && `${reason}: ${path} ${JSON.stringify(headers)} ${Buffer.from(body).toString()}`
    );
  };
  const write = async (text: string): Promise<string | undefined> => {
    const reply = await rawRequest(port, text.replace("PORT", String(port)), { patienceMs: 500 });
    const [head = "", body = ""] = reply.split("\r\n\r\n", 2);
    const status = Number(head.split(" ")[1]);
    count(status);
    const reason = wrongIn(status, body);
    return reason && `${reason}: ${JSON.stringify(text)} -> ${reply}`;
  };
  const wrong = [
    ...(await inTurn(fc.sample(arbitrary, ARBITRARY), post)),
    ...(await inTurn(fc.sample(broken, BROKEN), post)),
    ...(await inTurn(fc.sample(raw, RAW), write)),
  ];
  expect(wrong).toEqual([]);
  expect([engine.jobs, mistakes]).toEqual([[], []]);
  // Every kind was used, and every request was answered.
  expect(Object.values(statuses).reduce((sum, each) => sum + each)).toBe(10_000);
  expect(Object.keys(statuses)).toEqual(
    expect.arrayContaining(["400", "403", "405", "415", "421", "431"]),
  );
  expect(
    (await post({ path: `${MODEL}/infer`, body: json(VALID) }))?.startsWith("status 200"),
  ).toBe(true);
});
