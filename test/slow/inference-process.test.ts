import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { StudioError } from "../../engine/contract/errors.ts";
import { Drawing } from "../../engine/drawing/drawing.ts";
import type { DrawingEvent } from "../../engine/drawing/drawing-events.ts";

const drawing = new Drawing({
  device: "cpu",
  cacheFolder: mkdtempSync(join(tmpdir(), "darkroom-")),
});
afterAll(() => drawing.close());

const request = { prompt: "two purple fish under water", seed: "3", steps: 8 };

/** Draws a complete picture, calling `onStep` at every step; returns its bytes without the date. */
async function drawOnce(
  onStep: (step: number) => void = () => {},
  signal?: AbortSignal,
  asked: object = request,
): Promise<Extract<DrawingEvent, { kind: "image" }>> {
  for await (const event of drawing.generate(asked, { signal })) {
    if (event.kind === "progress") onStep(event.step);
    if (event.kind === "image") return event;
  }
  throw new Error("no picture");
}

/** The compressed pixels: everything after the texts. */
function body(png: Uint8Array): string {
  const text = Buffer.from(png).toString("latin1");
  return text.slice(text.indexOf("IDAT"));
}

test("kill -9 in mid-step, ten times: each is named, and the next picture is right", async () => {
  const right = body((await drawOnce()).png);
  for (let round = 1; round <= 10; round++) {
    const kill = (step: number): void => {
      if (step === 1 + (round % 6)) process.kill(drawing.inferencePid!, "SIGKILL");
    };
    const error = await drawOnce(kill).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(StudioError);
    expect((error as StudioError).code).toBe("INFERENCE_CRASHED");
    expect(body((await drawOnce()).png)).toBe(right);
  }
});

test("a cancel between steps ends the run with its own reason, and no error", async () => {
  const cancel = new AbortController();
  const reason = new DOMException("cancelled", "AbortError");
  const run = drawOnce((step) => step === 2 && cancel.abort(reason), cancel.signal);
  await expect(run).rejects.toBe(reason);
  await drawOnce();
});

test("a cancel in the middle of a long call frees the device within two seconds", async () => {
  const cancel = new AbortController();
  const large = { ...request, width: 1536, height: 1536, steps: 2 };
  const first = drawing.inferencePid;
  const run = drawOnce(() => {}, cancel.signal, large).then(
    () => "finished",
    () => "cancelled",
  );
  await new Promise((resolve) => setTimeout(resolve, 3000));
  const start = performance.now();
  cancel.abort();
  expect(await run).toBe("cancelled");
  expect(performance.now() - start).toBeLessThan(2000);
  await drawOnce();
  expect(drawing.inferencePid).not.toBe(first);
});

test("a second picture starts at once", async () => {
  await drawOnce();
  expect((await drawOnce()).seconds.load).toBe(0);
});

test("leaving in the middle leaves the studio usable", async () => {
  for await (const event of drawing.generate(request)) if (event.kind === "progress") break;
  expect((await drawOnce()).record.seed).toBe("3");
});

test("an inference process that dies while idle is started again", async () => {
  await drawOnce();
  process.kill(drawing.inferencePid!, "SIGKILL");
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect((await drawOnce()).record.seed).toBe("3");
});
