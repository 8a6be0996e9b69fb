import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";

import * as fc from "fast-check";
import { expect, test } from "vitest";

import { downloadDamaged, downloadFailed } from "../../../engine/cuda/download.ts";
import { downloadFile } from "../../../engine/download/file-download.ts";
import type { Http } from "../../../engine/download/http.ts";
import { partBytes } from "../../../engine/download/part.ts";
import { noise } from "../../fakes/noise.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";
import { serveBytes, standInHost, type Answer, type Serving } from "../../fakes/stand-in-host.ts";

const bytes = noise(200_000);
const changed = Uint8Array.from(bytes).fill(7, 100_000, 100_100);
const http: Http = { fetch, failed: downloadFailed, stallMs: 5_000, pausesMs: [0, 0, 0] };

const sha256 = (of: Uint8Array) => createHash("sha256").update(of).digest("hex");

interface Trial extends AsyncDisposable {
  readonly part: string;
  readonly host: Awaited<ReturnType<typeof standInHost>>;
  readonly seen: number[];
  /** Downloads and returns the hash; breaks the connections after exactly this many bytes. */
  run(options?: { cutAt?: readonly number[]; http?: Partial<Http> }): Promise<string>;
}

async function trial(answer: Answer): Promise<Trial> {
  const host = await standInHost(answer);
  const part = join(temporaryFolder(), "package.part");
  const seen: number[] = [];
  return {
    part,
    host,
    seen,
    run: async ({ cutAt = [], http: changes = {} } = {}) => {
      const cuts = new Set(cutAt);
      const hash = await downloadFile({
        url: `${host.url}/package`,
        sizeBytes: bytes.byteLength,
        part,
        algorithm: "sha256",
        http: { ...http, ...changes },
        damaged: downloadDamaged,
        onBytes: (held) => {
          seen.push(held);
          if (cuts.delete(held)) host.cut();
        },
      });
      return hash.toString("hex");
    },
    [Symbol.asyncDispose]: () => host[Symbol.asyncDispose](),
  };
}

/** Answers in one way after another; the last one for good. */
function inTurn(...answers: readonly Answer[]): Answer {
  return (response, request, count) =>
    answers[Math.min(count, answers.length) - 1]!(response, request, count);
}

const serve = (serving?: Serving) => serveBytes(bytes, serving);
const ranges = (run: Trial) => run.host.asked.map((asked) => asked.range);
const isWhole = async (run: Trial) => Buffer.compare(await readFile(run.part), bytes) === 0;

const down: Answer = (response) => response.writeHead(502).end();

/** Continues its own file, regardless of the caller's If-Range. */
const careless: Answer = (response, request) => {
  const from = Number(/\d+/.exec(request.headers.range ?? "")?.[0]);
  response.writeHead(206, {
    etag: '"new"',
    "content-range": `bytes ${from}-${bytes.byteLength - 1}/${bytes.byteLength}`,
  });
  response.end(bytes.subarray(from));
};

/** Ends too early and declares it the end. */
const short: Answer = (response) => {
  response.writeHead(200, { etag: '"one"' });
  response.end(bytes.subarray(0, 70_000));
};

test("downloads the whole package and reports its progress", async () => {
  await using run = await trial(serve());
  expect(await run.run()).toBe(sha256(bytes));
  expect(await isWhole(run)).toBe(true);
  expect(run.seen.at(-1)).toBe(200_000);
});

test("requests the bytes uncompressed", async () => {
  let encoding: string | undefined;
  await using run = await trial((response, request, count) => {
    encoding = request.headers["accept-encoding"]?.toString();
    serve()(response, request, count);
  });
  await run.run();
  expect(encoding).toBe("identity");
});

test("continues where it was cut, twice", async () => {
  await using run = await trial(
    inTurn(serve({ holdAt: 70_000 }), serve({ holdAt: 120_000 }), serve()),
  );
  await run.run({ cutAt: [70_000, 120_000] });
  expect(await isWhole(run)).toBe(true);
  expect(ranges(run)).toEqual([undefined, "bytes=70000-", "bytes=120000-"]);
  expect(run.host.asked.map((asked) => asked.ifRange)).toEqual([undefined, '"one"', '"one"']);
});

test("continues in a later run", async () => {
  await using run = await trial(inTurn(serve({ holdAt: 70_000 }), serve()));
  await expect(run.run({ cutAt: [70_000], http: { pausesMs: [] } })).rejects.toMatchObject({
    code: "CUDA_DOWNLOAD_FAILED",
  });
  expect(await partBytes(run.part)).toBe(70_000);
  await run.run();
  expect(await isWhole(run)).toBe(true);
  expect(ranges(run)).toEqual([undefined, "bytes=70000-"]);
});

test("starts again with a server that does not support ranges", async () => {
  await using run = await trial(inTurn(serve({ holdAt: 70_000 }), serve({ ranges: false })));
  await run.run({ cutAt: [70_000] });
  expect(await isWhole(run)).toBe(true);
  expect(run.host.asked).toHaveLength(2);
});

test("starts again when the file has changed in between", async () => {
  await using run = await trial(
    inTurn(serveBytes(changed, { etag: '"old"', holdAt: 120_000 }), serve({ etag: '"new"' })),
  );
  await run.run({ cutAt: [120_000] });
  expect(await isWhole(run)).toBe(true);
  expect(run.host.asked[1]?.ifRange).toBe('"old"');
});

test("starts again when a server continues another file in spite of If-Range", async () => {
  await using run = await trial(
    inTurn(serveBytes(changed, { etag: '"old"', holdAt: 120_000 }), careless, serve()),
  );
  await run.run({ cutAt: [120_000] });
  expect(await isWhole(run)).toBe(true);
  expect(ranges(run)).toEqual([undefined, "bytes=120000-", undefined]);
});

test.each([
  ["416", (response) => response.writeHead(416).end()],
  [
    "other bytes than asked for",
    (response) =>
      response
        .writeHead(206, { etag: '"one"', "content-range": "bytes 0-199999/200000" })
        .end(bytes),
  ],
  ["a range it does not name", (response) => response.writeHead(206, { etag: '"one"' }).end("x")],
] satisfies [string, Answer][])("starts again when the server answers %s", async (_, answer) => {
  await using run = await trial(inTurn(serve({ holdAt: 70_000 }), answer, serve()));
  await run.run({ cutAt: [70_000] });
  expect(await isWhole(run)).toBe(true);
  expect(ranges(run)).toEqual([undefined, "bytes=70000-", undefined]);
});

test("never continues without a strong validator", async () => {
  await using run = await trial(
    inTurn(serve({ etag: 'W/"weak"', holdAt: 70_000 }), serve({ etag: 'W/"weak"' })),
  );
  await run.run({ cutAt: [70_000] });
  expect(await isWhole(run)).toBe(true);
  expect(ranges(run)).toEqual([undefined, undefined]);
});

test("continues by date if there is no ETag", async () => {
  const date = "Thu, 24 Sep 2026 10:00:00 GMT";
  const dated =
    (holdAt?: number): Answer =>
    (response, request) => {
      const from = request.headers["if-range"] === date ? 70_000 : 0;
      const range = `bytes ${from}-199999/200000`;
      response.writeHead(from > 0 ? 206 : 200, { "last-modified": date, "content-range": range });
      response.write(bytes.subarray(from, holdAt));
      if (holdAt === undefined) response.end();
    };
  await using run = await trial(inTurn(dated(70_000), dated()));
  await run.run({ cutAt: [70_000] });
  expect(await isWhole(run)).toBe(true);
  expect(run.host.asked[1]).toMatchObject({ range: "bytes=70000-", ifRange: date });
});

test("requests nothing if the part is already complete", async () => {
  await using run = await trial(serve());
  await writeFile(run.part, bytes);
  await run.run();
  expect(run.host.asked).toEqual([]);
});

test("discards a part that is longer than the package", async () => {
  await using run = await trial(serve());
  await writeFile(run.part, noise(200_001));
  await writeFile(`${run.part}.validator`, '"one"');
  await run.run();
  expect(await isWhole(run)).toBe(true);
  expect(ranges(run)).toEqual([undefined]);
});

test("returns the hash of what arrived, right or not", async () => {
  await using run = await trial(serveBytes(changed));
  expect(await run.run()).toBe(sha256(changed));
});

test("refuses a file of another length before it is stored, and keeps what it has", async () => {
  await using run = await trial(
    inTurn(serve({ holdAt: 70_000 }), serveBytes(noise(5_120), { etag: '"portal"' })),
  );
  await expect(run.run({ cutAt: [70_000] })).rejects.toMatchObject({
    code: "CUDA_DOWNLOAD_DAMAGED",
    details: { reason: "it is 5120 bytes long, not 200000" },
  });
  expect(await partBytes(run.part)).toBe(70_000);
});

test("refuses a body that does not end where the package does", async () => {
  await using run = await trial((response) => {
    response.writeHead(200);
    response.end(noise(300_000));
  });
  await expect(run.run()).rejects.toMatchObject({
    code: "CUDA_DOWNLOAD_DAMAGED",
    details: { reason: "it is longer than 200000 bytes" },
  });
  expect(await partBytes(run.part)).toBe(0);
});

test("continues after a body that ended early without an error", async () => {
  await using run = await trial(inTurn(short, serve()));
  await run.run();
  expect(await isWhole(run)).toBe(true);
  expect(ranges(run)).toEqual([undefined, "bytes=70000-"]);
});

test.each([
  [404, 1],
  [403, 1],
  [410, 1],
  [500, 4],
  [503, 4],
  [429, 4],
])("fails by name when the server answers %i, after %i tries", async (status, tries) => {
  await using run = await trial((response) => response.writeHead(status).end("no"));
  await expect(run.run()).rejects.toMatchObject({
    code: "CUDA_DOWNLOAD_FAILED",
    details: { url: `${run.host.url}/package`, reason: `the server answered ${status}` },
  });
  expect(run.host.asked).toHaveLength(tries);
});

test("survives a server that is down for a moment", async () => {
  await using run = await trial(inTurn(down, down, serve()));
  await run.run();
  expect(await isWhole(run)).toBe(true);
});

test("fails by name when nothing arrives", async () => {
  await using run = await trial(() => {});
  await expect(run.run({ http: { stallMs: 20 } })).rejects.toMatchObject({
    code: "CUDA_DOWNLOAD_FAILED",
    details: { reason: "nothing came for 0.02 s" },
  });
});

test("keeps the part when cancelled in the middle", async () => {
  await using run = await trial(inTurn(serve({ holdAt: 70_000 }), serve()));
  const cancel = new AbortController();
  const cancelled = run.run({
    http: { signal: cancel.signal, fetch: cancellingAfter(70_000, cancel) },
  });
  await expect(cancelled).rejects.toThrow("enough");
  expect(await partBytes(run.part)).toBe(70_000);
  await run.run();
  expect(ranges(run)).toEqual([undefined, "bytes=70000-"]);
});

test.skipIf(!existsSync("/dev/full"))("passes on a full disk's own error", async () => {
  await using run = await trial(serve());
  await symlink("/dev/full", run.part);
  await writeFile(`${run.part}.validator`, '"one"');
  await expect(run.run()).rejects.toMatchObject({ code: "ENOSPC" });
});

test("ends with the package or a refusal, whatever the server does", async () => {
  const deed = fc.record({
    status: fc.constantFrom(200, 200, 206, 206, 206, 416, 500, 404),
    etag: fc.constantFrom('"one"', '"one"', '"two"', 'W/"one"', null),
    body: fc.constantFrom("right", "right", "right", "changed"),
    shift: fc.constantFrom(0, 0, 0, 5),
    cutAfter: fc.nat({ max: 400 }),
  });
  const whole = noise(300);
  const other = Uint8Array.from(whole).fill(9, 150, 160);
  const folder = temporaryFolder();
  let tries = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(deed, { maxLength: 8 }), async (deeds) => {
      const part = join(folder, `${++tries}.part`);
      let count = 0;
      const answer = (_: unknown, init?: RequestInit) => {
        const doing = deeds[count++];
        const asked = new Headers(init?.headers).get("range");
        const from = Number(/\d+/.exec(asked ?? "0")?.[0]);
        return Promise.resolve(scripted(doing, from, { right: whole, changed: other }));
      };
      const download = downloadFile({
        url: "https://packages.example/gpu",
        sizeBytes: whole.byteLength,
        part,
        algorithm: "sha256",
        http: { ...http, pausesMs: [0], fetch: answer },
        damaged: downloadDamaged,
        onBytes: () => {},
      });
      const outcome = await download.then(
        async (hash) =>
          hash.toString("hex") === sha256(await readFile(part)) ? "as told" : "wrong",
        (error: { code?: string }) => error.code ?? "no refusal",
      );
      expect(["as told", "CUDA_DOWNLOAD_FAILED", "CUDA_DOWNLOAD_DAMAGED"]).toContain(outcome);
    }),
    { numRuns: 150 },
  );
});

interface Deed {
  readonly status: number;
  readonly etag: string | null;
  readonly body: string;
  readonly shift: number;
  readonly cutAfter: number;
}

function scripted(
  doing: Deed | undefined,
  from: number,
  bodies: Record<string, Uint8Array>,
): Response {
  const { status, etag, body, shift, cutAfter } = doing ?? {
    status: from > 0 ? 206 : 200,
    etag: '"one"',
    body: "right",
    shift: 0,
    cutAfter: 400,
  };
  const source = bodies[body]!;
  const start = status === 206 ? from + shift : 0;
  const headers = new Headers(etag === null ? {} : { etag });
  if (status === 206) headers.set("content-range", `bytes ${start}-299/${source.byteLength}`);
  const chunks = [source.slice(start, Math.min(start + cutAfter, source.byteLength))];
  const cut = start + cutAfter < source.byteLength;
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      const chunk = chunks.shift();
      if (chunk !== undefined && chunk.byteLength > 0) controller.enqueue(chunk);
      else if (cut) controller.error(new Error("cut"));
      else controller.close();
    },
  });
  return new Response(status === 416 ? null : stream, { status, headers });
}

/** A fetch whose caller cancels once `count` bytes of the body have been read. */
function cancellingAfter(count: number, cancel: AbortController): typeof fetch {
  return async (input, init) => {
    const response = await fetch(input, init);
    let seen = 0;
    const counted = response.body!.pipeThrough(
      new TransformStream<Uint8Array, Uint8Array>({
        transform(chunk, controller) {
          seen += chunk.byteLength;
          controller.enqueue(chunk);
          if (seen >= count) setTimeout(() => cancel.abort(new Error("enough")), 20);
        },
      }),
    );
    return new Response(counted, response);
  };
}
