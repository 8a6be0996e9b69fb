import { monitorEventLoopDelay } from "node:perf_hooks";
import { fileURLToPath } from "node:url";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { StudioError } from "../../engine/contract/errors.ts";
import { readPictures } from "../../engine/kserve/client/read-pictures.ts";
import { added, openEndpoints, ORDER } from "../fakes/open-endpoints.ts";
import { largeReply } from "../fakes/large-reply.ts";
import { runCommand } from "../fakes/run-command.ts";
import { notebookReply, PIXELS } from "../fakes/notebook-service.ts";
import { always, standInEndpoint } from "../fakes/stand-in-endpoint.ts";
import { temporaryFolder } from "../fakes/temporary-folder.ts";

const never = new AbortController().signal;

test("a reply of 35 MB is read in bounded time and memory while the studio continues", async () => {
  const body = largeReply();
  expect(body.length).toBeGreaterThan(33e6);
  const edge = await standInEndpoint(always(200, body));
  const { endpoints } = await openEndpoints();
  const { id } = await endpoints.add(added(edge.url));
  await endpoints.draw(id, ORDER, { signal: never });
  const before = process.memoryUsage().rss;
  const delay = monitorEventLoopDelay({ resolution: 5 });
  const from = performance.now();
  delay.enable();
  const { pixels } = await endpoints.draw(id, ORDER, { signal: never });
  delay.disable();
  const grown = (process.memoryUsage().rss - before) / 2 ** 20;
  const longest = delay.max / 1e6;
  process.stderr.write(
    `35 MB: ${Math.round(performance.now() - from)} ms, longest pause ${Math.round(longest)} ms, +${Math.round(grown)} MB\n`,
  );
  expect([pixels.width, pixels.height]).toEqual([768, 768]);
  expect(performance.now() - from).toBeLessThan(20_000);
  // Receiving and joining 35 MB is done here; parsing them, which takes more than a second, is not.
  expect(longest).toBeLessThan(500);
  expect(grown).toBeLessThan(200);
});

test("a reply of 35 MB takes less than 200 MB more at its peak", async () => {
  const [small, large] = [
    await standInEndpoint(always(200, JSON.stringify(notebookReply(PIXELS)))),
    await standInEndpoint(always(200, largeReply())),
  ];
  const program = fileURLToPath(new URL("../fakes/reply-reader.ts", import.meta.url));
  const args = [program, temporaryFolder(), small.url, large.url];
  const { code, stdout, stderr } = await runCommand(process.execPath, args, { cwd: "." });
  expect([code, stderr]).toEqual([0, ""]);
  const { width, grownMb } = JSON.parse(stdout) as { width: number; grownMb: number };
  process.stderr.write(`35 MB: at most ${Math.round(grownMb)} MB more\n`);
  expect(width).toBe(768);
  expect(grownMb).toBeLessThan(200);
});

/** A reply in some form, possibly with an error in it. */
const anyReply = fc.oneof(
  fc.string({ unit: "binary", maxLength: 300 }),
  fc.json({ maxDepth: 5 }),
  fc
    .tuple(
      fc.json({ maxDepth: 4 }),
      fc.array(fc.oneof(fc.integer({ min: -2, max: 5000 }), fc.double()), { maxLength: 6 }),
      fc.constantFrom("UINT8", "fp16", "BYTES", "FP32", "BF16", "", "x"),
      fc.constantFrom("image", "output0", "x"),
    )
    .map(([data, shape, datatype, name]) =>
      JSON.stringify({ outputs: [{ name, datatype, shape, data: JSON.parse(data) }] }),
    ),
  fc
    .tuple(fc.nat(400), fc.nat(400), fc.string({ unit: "binary", minLength: 1, maxLength: 8 }))
    .map(([at, length, patch]) => {
      const text = JSON.stringify(notebookReply(PIXELS));
      return text.slice(0, at) + patch + text.slice(at + length);
    }),
);

test("200,000 replies: each is a picture or a refusal by name", () => {
  const headers = fc.constantFrom<Record<string, string>>(
    {},
    { "content-type": "application/json" },
    { "content-type": "text/html" },
    { "content-type": "application/octet-stream", "inference-header-content-length": "30" },
    { "content-type": "image/png" },
  );
  const status = fc.constantFrom(200, 200, 200, 200, 302, 400, 403, 404, 422, 429, 500, 503, 504);
  const before = process.memoryUsage().rss;
  fc.assert(
    fc.property(anyReply, headers, status, (text, head, code) => {
      try {
        const reply = { status: code, headers: head, body: new TextEncoder().encode(text) };
        expect(readPictures(reply, { width: 3, height: 2 }).pictures.length).toBeGreaterThan(0);
      } catch (error) {
        if (!(error instanceof StudioError) || !error.code.startsWith("ENDPOINT_")) throw error;
      }
    }),
    { numRuns: 200_000 },
  );
  expect((process.memoryUsage().rss - before) / 2 ** 20).toBeLessThan(300);
}, 300_000);
