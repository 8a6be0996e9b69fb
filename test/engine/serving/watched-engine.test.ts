import { expect, onTestFinished, test, vi } from "vitest";
import { StudioError } from "../../../engine/contract/errors.ts";
import type { GenerationRequest } from "../../../engine/contract/request.ts";
import type {
  KnownModel,
  ModelName,
  PictureEvent,
  PictureJob,
} from "../../../engine/serving/picture-engine.ts";
import { whyNotReady } from "../../../engine/serving/routes/served-model.ts";
import { WatchedEngine } from "../../../engine/serving/watched-engine.ts";
import { ConstantEngine } from "../../fakes/constant-engine.ts";
import { openInferenceServer } from "../../fakes/open-inference-server.ts";

const PROBES = ["/v2/health/ready", "/v2/models/starter/ready", "/v1/models/starter"];

/** Draws, or fails if the test says so. */
class FailingEngine extends ConstantEngine {
  error: Error | undefined;
  identity = "files";
  readonly trials: GenerationRequest[] = [];

  override async models(): Promise<readonly KnownModel[]> {
    return (await super.models()).map((model) => ({ ...model, identity: this.identity }));
  }

  override tryOut(model: ModelName, request: GenerationRequest): Promise<void> {
    this.trials.push(request);
    return super.tryOut(model, request);
  }

  override async *draw(job: PictureJob, signal: AbortSignal): AsyncGenerator<PictureEvent, void> {
    if (this.error !== undefined) throw this.error;
    yield* super.draw(job, signal);
  }
}

/** A trial draws the model's own size in one step. */
const SMALL = { prompt: "", steps: 1, width: 64, height: 64 };

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

test("ready is true until a picture fails in a way the next would too, and again when one is drawn", async () => {
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
  // A request made nevertheless is not refused because of it.
  engine.error = undefined;
  expect([await draw(), await ready()]).toEqual([200, YES]);
});

test("a request's own fault says nothing about the next", async () => {
  const { engine, draw, ready } = await open();
  engine.error = new StudioError("REQUEST_INVALID", { field: "x", value: "y", reason: "z" });
  await draw();
  expect(await ready()).toEqual(YES);
  expect(engine.trials).toEqual([]);
});

const realNow = performance.now.bind(performance);
let aheadMs = 0;

/** Lets time pass without waiting. */
function wait(ms: number): void {
  aheadMs += ms;
  const clock = vi.spyOn(performance, "now").mockImplementation(() => realNow() + aheadMs);
  onTestFinished(() => clock.mockRestore());
}

test("a later question makes it try a small picture: ready once that is drawn, and never by time alone", async () => {
  const { engine, draw, ready } = await open();
  engine.error = new Error("a mistake");
  await draw();
  wait(1100);
  expect(await ready()).toEqual(NO);
  await vi.waitFor(() => expect(engine.trials).toEqual([SMALL]), 20_000);
  wait(1100);
  expect(await ready()).toEqual(NO);
  // The pause has doubled.
  expect(engine.trials).toHaveLength(1);
  engine.error = undefined;
  wait(2100);
  await vi.waitFor(async () => expect(await ready()).toEqual(YES), 20_000);
  expect(engine.trials).toHaveLength(2);
});

test("if memory was short or numbers were invalid, a small picture shows whether it was the request's fault", async () => {
  const { engine, origin, draw, ready } = await open();
  engine.error = new StudioError("OUT_OF_MEMORY");
  await draw();
  expect(await ready()).toEqual(YES);
  wait(1100);
  await ready();
  await vi.waitFor(async () => expect(await ready()).toEqual(NO), 20_000);
  expect(await (await fetch(`${origin}/v2/health/ready`)).json()).toMatchObject({
    error: expect.stringContaining("a trial picture failed (OUT_OF_MEMORY)"),
  });
});

test("loading it again tries it; other files and another model make it ready again", async () => {
  const { engine, post, draw, ready } = await open();
  engine.error = new Error("a mistake");
  await draw();
  const load = () => post("/v2/repository/models/starter/load", {});
  expect((await load()).status).toBe(500);
  expect(await ready()).toEqual(NO);
  engine.error = undefined;
  expect((await load()).status).toBe(200);
  expect(await ready()).toEqual(YES);
  engine.error = new Error("a mistake");
  await draw();
  expect(await ready()).toEqual(NO);
  engine.identity = "other files";
  expect(await ready()).toEqual(YES);
  await draw();
  await post("/v2/repository/models/other/load", {});
  expect(await ready()).toEqual([200, 503, 503]);
});

test("results of another way of drawing count as well", async () => {
  const engine = new FailingEngine();
  const watched = new WatchedEngine(engine);
  await watched.learn("starter", {}, new StudioError("INFERENCE_CRASHED", { reason: "killed" }));
  expect(whyNotReady(await watched.models())?.reason).toContain("INFERENCE_CRASHED");
  await watched.learn("other", {}, new Error("not served, so nothing is known"));
  await watched.learn("starter", {});
  expect(whyNotReady(await watched.models())).toBeUndefined();
});
