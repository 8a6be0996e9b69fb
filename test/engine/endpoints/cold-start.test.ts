import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { StudioError } from "../../../engine/contract/errors.ts";
import type { Starting } from "../../../engine/contract/progress.ts";
import type { Polling } from "../../../engine/endpoints/cold-start.ts";
import { startPhaseOf } from "../../../engine/endpoints/start-signs.ts";
import { type ColdEdge, knativeEdge, routerEdge } from "../../fakes/cold-edge.ts";
import { added, openEndpoints, ORDER } from "../../fakes/open-endpoints.ts";
import { notebookService } from "../../fakes/notebook-service.ts";
import { type StandInEndpoint, standInEndpoint } from "../../fakes/stand-in-endpoint.ts";

const FAST: Polling = {
  heldMs: 20,
  questionMs: 5000,
  firstMs: 5,
  longestMs: 20,
  unprovenMs: 60_000,
};

interface Options {
  readonly startSeconds?: number;
  readonly polling?: Polling;
}

/** Adds an endpoint and draws one picture there; returns the result. */
async function scene(edge: ColdEdge, { startSeconds = 60, ...options }: Options = {}) {
  // A router answers at once, which on a busy machine may still take a while.
  const polling = { ...FAST, ...("load" in edge && { heldMs: 60_000 }), ...options.polling };
  const standIn = await standInEndpoint(edge.answer);
  const opened = await openEndpoints({ ...options, polling });
  const { endpoints } = opened;
  const { id } = await endpoints.add(added(standIn.url, { startSeconds }));
  const told: (Starting | undefined)[] = [];
  const out: boolean[] = [];
  const abort = new AbortController();
  const draw = () =>
    endpoints.draw(id, ORDER, {
      signal: abort.signal,
      onStarting: (starting) => told.push(starting),
      onOut: (isOut) => out.push(isOut),
    });
  return { ...opened, id, standIn, told, out, abort, draw };
}

function pictures({ seen }: StandInEndpoint): number {
  return seen.filter(({ path }) => path.endsWith("/infer")).length;
}

function phasesOf(told: readonly (Starting | undefined)[]): string[] {
  return told.findLast((one) => one !== undefined)?.phases.map(({ phase }) => phase) ?? [];
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await sleep(5);
}

test("while Knative's activator holds one question, the picture waits, and is then sent once", async () => {
  const edge = knativeEdge();
  const { draw, told, standIn, endpoints, id } = await scene(edge);
  const drawing = draw();
  await until(() => told.length > 0);
  expect(pictures(standIn)).toBe(0);
  expect(phasesOf(told)).toEqual(["held"]);
  edge.start();
  await drawing;
  expect(standIn.seen.map(({ method, path }) => `${method} ${path}`)).toEqual([
    "GET /v2/models/stable-diffusion/ready",
    "POST /v2/models/stable-diffusion/infer",
  ]);
  expect(told.at(-1)).toBeUndefined();
  expect(endpoints.get(id).hasAnswered).toBe(true);
});

test("a router without a pod and a model that is loading are phases of one start; only readiness is asked", async () => {
  const edge = routerEdge();
  const { draw, told, standIn } = await scene(edge);
  const drawing = draw();
  await until(() => phasesOf(told).includes("no-pod"));
  edge.load();
  await until(() => phasesOf(told).includes("loading"));
  edge.start();
  await drawing;
  expect(phasesOf(told)).toEqual(["no-pod", "loading"]);
  expect(pictures(standIn)).toBe(1);
});

test("the duration of a start survives a restart, newest first, at most ten", async () => {
  const edge = routerEdge();
  const first = await scene(edge);
  const drawing = first.draw();
  await until(() => first.told.length > 0);
  await sleep(2100);
  edge.start();
  await drawing;
  await until(() => first.endpoints.get(first.id).starts !== undefined);
  const { endpoints } = await openEndpoints({ dataFolder: first.folder, polling: FAST });
  const { starts = [] } = endpoints.get(first.id);
  expect(starts).toEqual([{ at: "2026-11-25T12:00:00.000Z", seconds: expect.any(Number) }]);
  expect(starts[0]?.seconds).toBeGreaterThanOrEqual(2);
  edge.stop();
  const told: (Starting | undefined)[] = [];
  const abort = new AbortController();
  const again = endpoints.draw(first.id, ORDER, {
    signal: abort.signal,
    onStarting: (starting) => told.push(starting),
  });
  await until(() => told.length > 0);
  expect(told[0]?.lastSeconds).toBe(starts[0]?.seconds);
  abort.abort();
  await expect(again).rejects.toThrow("aborted");
});

test("a cancel ends the wait at once, and nothing of the picture was sent", async () => {
  for (const edge of [knativeEdge(), routerEdge()]) {
    const { draw, told, abort, standIn, out } = await scene(edge);
    const drawing = draw();
    await until(() => told.length > 0);
    abort.abort(new DOMException("cancelled", "AbortError"));
    await expect(drawing).rejects.toThrow("cancelled");
    expect(pictures(standIn)).toBe(0);
    expect(out).toEqual([]);
    await until(() => standIn.sockets.size === 0);
  }
});

test("a start that takes longer than allowed is refused with what was seen last", async () => {
  const edge = routerEdge();
  const standIn = await standInEndpoint(edge.answer);
  const { endpoints } = await openEndpoints({ polling: { ...FAST, heldMs: 5000 } });
  const { id } = await endpoints.add(added(standIn.url, { startSeconds: 0.2 }));
  edge.start();
  await endpoints.test(id);
  edge.load();
  const drawing = endpoints.draw(id, ORDER, { signal: new AbortController().signal });
  await expect(drawing).rejects.toMatchObject({
    code: "ENDPOINT_NOT_STARTED",
    details: { reason: "its model is still not ready" },
  });
  expect(pictures(standIn)).toBe(0);
  expect(endpoints.get(id).lastError?.code).toBe("ENDPOINT_NOT_STARTED");
});

test("an address that has never answered is soon reported as unused", async () => {
  const { draw, standIn } = await scene(routerEdge(), {
    polling: { ...FAST, heldMs: 60_000, unprovenMs: 100 },
  });
  await expect(draw()).rejects.toMatchObject({ code: "ENDPOINT_NOT_SERVED" });
  expect(pictures(standIn)).toBe(1);
});

test("without a wait nothing is asked before the picture, and the first refusal is final", async () => {
  const { draw, standIn } = await scene(routerEdge(), { startSeconds: 0 });
  await expect(draw()).rejects.toMatchObject({ code: "ENDPOINT_NOT_SERVED" });
  expect(standIn.seen.map(({ method }) => method)).toEqual(["POST"]);
});

test("one that returned a picture a moment ago is not asked whether it is up", async () => {
  const edge = knativeEdge();
  edge.start();
  const { draw, standIn } = await scene(edge);
  await draw();
  await draw();
  expect(standIn.seen.map(({ method }) => method)).toEqual(["GET", "POST", "POST"]);
});

test("a picture is sent again if only a router had it, and never if a server may have started", async () => {
  const [edge, up] = [routerEdge(), notebookService()];
  edge.start();
  const { draw, standIn, told, out } = await scene(edge);
  await draw();
  edge.stop();
  const drawing = draw();
  await until(() => told.length > 0);
  edge.start();
  await drawing;
  // The first one, the one that reached only the router, and the one that was drawn.
  expect(pictures(standIn)).toBe(3);
  expect(out).toEqual([true, false, true, false, true, false]);

  const broken = await standInEndpoint((response, request, count) => {
    if (request.method === "POST") response.destroy();
    else up(response, request, count);
  });
  const { endpoints } = await openEndpoints({ polling: FAST });
  const { id } = await endpoints.add(added(broken.url, { startSeconds: 60 }));
  const once = endpoints.draw(id, ORDER, { signal: new AbortController().signal });
  await expect(once).rejects.toMatchObject({ code: "ENDPOINT_UNREACHABLE" });
  expect(pictures(broken)).toBe(1);
});

test("an activator that gives up holding is asked again", async () => {
  const edge = knativeEdge({ holdMs: 30 });
  const { draw, told, standIn } = await scene(edge);
  const drawing = draw();
  await until(() => standIn.seen.length > 2);
  edge.start();
  await drawing;
  expect(phasesOf(told)).toEqual(["held"]);
  expect(pictures(standIn)).toBe(1);
});

test("questions become rarer, and are never sent in parallel", async () => {
  const edge = routerEdge();
  const { draw, standIn, abort, told } = await scene(edge, {
    polling: { ...FAST, heldMs: 60_000, firstMs: 20, longestMs: 400 },
  });
  const drawing = draw();
  await until(() => told.length > 0);
  await sleep(500);
  abort.abort();
  await expect(drawing).rejects.toThrow("aborted");
  // 20, 30, 45, 68, 101, 152, 228 ms, each varied by up to a quarter.
  expect(standIn.seen.length).toBeLessThan(10);
});

test.each([
  ["ENDPOINT_NOT_SERVED", { status: 503, reason: "no healthy upstream" }, "no-pod"],
  // nginx also answers this for a server that closed the connection in the middle.
  ["ENDPOINT_NOT_SERVED", { status: 502, reason: "Bad Gateway" }, undefined],
  ["ENDPOINT_NOT_SERVED", { status: 404, reason: "default backend - 404" }, undefined],
  ["ENDPOINT_BUSY", { status: 503, reason: "Model with name sd is not ready." }, "loading"],
  ["ENDPOINT_BUSY", { status: 503, reason: "context deadline exceeded" }, "held"],
  ["ENDPOINT_BUSY", { status: 503, reason: "pending request queue full" }, undefined],
  ["ENDPOINT_BUSY", { status: 429, reason: "the model is loading" }, undefined],
  ["ENDPOINT_TIMED_OUT", { status: 504 }, undefined],
  ["ENDPOINT_UNREACHABLE", { host: "h", reason: "it closed the connection" }, undefined],
] as const)("%s %j is the phase %s", (code, details, phase) => {
  expect(startPhaseOf(new StudioError(code, details))).toBe(phase);
});
