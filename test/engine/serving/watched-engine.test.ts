import { expect, test, vi } from "vitest";
import { StudioError } from "../../../engine/contract/errors.ts";
import type { PictureEvent, PictureJob } from "../../../engine/serving/picture-engine.ts";
import { ConstantEngine } from "../../fakes/constant-engine.ts";
import { openInferenceServer } from "../../fakes/open-inference-server.ts";

const PROBES = ["/v2/health/ready", "/v2/models/starter/ready", "/v1/models/starter"];

/** Draws, or fails as it is told. */
class FailingEngine extends ConstantEngine {
  error: Error | undefined;

  override async *draw(job: PictureJob, signal: AbortSignal): AsyncGenerator<PictureEvent, void> {
    if (this.error !== undefined) throw this.error;
    yield* super.draw(job, signal);
  }
}

async function open() {
  const engine = new FailingEngine();
  const { origin } = await openInferenceServer({ engine });
  const post = (path: string, message: object) =>
    fetch(origin + path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(message),
    });
  const draw = async (): Promise<number> => {
    const prompt = { name: "prompt", shape: [1], datatype: "BYTES", data: ["a fish"] };
    return (await post("/v2/models/starter/infer", { inputs: [prompt] })).status;
  };
  const ready = async (): Promise<readonly number[]> =>
    Promise.all(PROBES.map(async (path) => (await fetch(origin + path)).status));
  return { engine, origin, post, draw, ready };
}

const YES = [200, 200, 200];
const NO = [503, 503, 503];

test("ready is true until a picture fails where the next would, and again when one is drawn", async () => {
  const { engine, origin, draw, ready } = await open();
  expect(await ready()).toEqual(YES);
  engine.error = new StudioError("INFERENCE_CRASHED", { reason: "it was killed" });
  expect(await draw()).toBeGreaterThanOrEqual(500);
  expect(await ready()).toEqual(NO);
  expect(await (await fetch(`${origin}/v2/health/ready`)).json()).toEqual({
    ready: false,
    error: expect.stringContaining("its last picture failed (INFERENCE_CRASHED)"),
  });
  expect((await fetch(`${origin}/v2/health/live`)).status).toBe(200);
  // Whoever asks all the same is not refused for it.
  engine.error = undefined;
  expect([await draw(), await ready()]).toEqual([200, YES]);
});

test.each([
  new StudioError("REQUEST_INVALID", { field: "x", value: "y", reason: "z" }),
  new StudioError("OUT_OF_MEMORY"),
])("a request's own fault says nothing of the next: $code", async (error) => {
  const { engine, draw, ready } = await open();
  engine.error = error;
  await draw();
  expect(await ready()).toEqual(YES);
});

test("loading it anew, another model, and half a minute make it ready again", async () => {
  const { engine, post, draw, ready } = await open();
  engine.error = new Error("a mistake");
  await draw();
  expect(await ready()).toEqual(NO);
  await post("/v2/repository/models/starter/load", {});
  expect(await ready()).toEqual(YES);
  await draw();
  expect(await ready()).toEqual(NO);
  const later = performance.now() + 31_000;
  const clock = vi.spyOn(performance, "now").mockImplementation(() => later);
  expect(await ready()).toEqual(YES);
  clock.mockRestore();
  await post("/v2/repository/models/other/load", {});
  expect(await ready()).toEqual([200, 503, 503]);
});
