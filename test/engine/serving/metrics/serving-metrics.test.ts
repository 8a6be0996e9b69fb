import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { expect, onTestFinished, test, vi } from "vitest";
import { cardsIn } from "../../../../engine/serving/metrics/machine-metrics.ts";
import { ConstantEngine } from "../../../fakes/constant-engine.ts";
import { samplesIn, type Sample, valueOf } from "../../../fakes/metrics.ts";
import { asker, openGrpcServer } from "../../../fakes/open-grpc-server.ts";
import { openConstantServer, openInferenceServer } from "../../../fakes/open-inference-server.ts";

const BODY = JSON.stringify({
  inputs: [{ name: "prompt", shape: [1], datatype: "BYTES", data: ["a red fish"] }],
});
const INFER = "/v2/models/stable-diffusion/infer";

function post(origin: string, path = INFER, body = BODY): Promise<Response> {
  return fetch(origin + path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body,
  });
}

async function scraped(origin: string, query = ""): Promise<readonly Sample[]> {
  return samplesIn(await (await fetch(`${origin}/metrics${query}`)).text());
}

test("a picture is counted under TorchServe's names and under ours", async () => {
  const { origin } = await openConstantServer({}, new ConstantEngine({ steps: 3, stepMs: 5 }));
  await (await post(origin)).arrayBuffer();
  const samples = await scraped(origin);
  const ofModel = { model_name: "starter", model_version: "default", hostname: hostname() };
  expect(valueOf(samples, "ts_inference_requests_total", ofModel)).toBe(1);
  await (await post(origin, INFER.replace("/infer", "/versions/1.0/infer"))).arrayBuffer();
  const ofVersion = { ...ofModel, model_version: "1.0" };
  expect(valueOf(await scraped(origin), "ts_inference_requests_total", ofVersion)).toBe(1);
  expect(valueOf(samples, "ts_inference_latency_microseconds", ofModel)).toBeGreaterThan(10_000);
  expect(valueOf(samples, "ts_queue_latency_microseconds", ofModel)).toBeGreaterThanOrEqual(0);
  const ofHost = { Level: "Host", Hostname: hostname() };
  expect(valueOf(samples, "Requests2XX", ofHost)).toBe(1);
  expect(valueOf(samples, "QueueTime", ofHost)).toBeGreaterThanOrEqual(0);
  expect(valueOf(samples, "MemoryUsed", ofHost)).toBeGreaterThan(1);
  expect(valueOf(samples, "darkroom_pictures_total", { model: "starter" })).toBe(1);
  expect(valueOf(samples, "darkroom_steps_total", { model: "starter" })).toBe(3);
  const route = "/v2/models/:model/infer";
  expect(
    valueOf(samples, "darkroom_requests_total", { protocol: "rest", route, code: "200" }),
  ).toBe(1);
  for (const stage of ["queue", "load", "text", "denoise", "decode", "encode"]) {
    expect(valueOf(samples, "darkroom_stage_seconds_count", { stage })).toBe(1);
  }
  expect(valueOf(samples, "darkroom_ready")).toBe(1);
});

test("in a container, memory is what its limit allows", async () => {
  vi.spyOn(process, "constrainedMemory").mockReturnValue(300 << 20);
  vi.spyOn(process, "availableMemory").mockReturnValue(75 << 20);
  onTestFinished(() => void vi.restoreAllMocks());
  const { origin } = await openConstantServer();
  const samples = await scraped(origin);
  const names = ["MemoryUsed", "MemoryAvailable", "MemoryUtilization"];
  expect(names.map((name) => valueOf(samples, name))).toEqual([225, 75, 75]);
});

test("its reply is Prometheus' text, and single metrics may be requested", async () => {
  const { origin } = await openConstantServer();
  const reply = await fetch(`${origin}/metrics`);
  expect(reply.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
  const some = await scraped(origin, "?name[]=darkroom_queue_length&name[]=Requests5XX&name[]=no");
  expect(some.map(({ name }) => name)).toEqual(["darkroom_queue_length", "Requests5XX"]);
  expect((await post(origin, "/metrics")).status).toBe(405);
});

test("waiting and running requests are counted, and refused ones, by code", async () => {
  const engine = new ConstantEngine({ stepMs: 400, steps: 2 });
  const { origin, admission } = await openConstantServer({ queueLength: 1 }, engine);
  const drawing = [post(origin), post(origin)];
  await expect.poll(() => [admission.isDrawing, admission.waiting]).toEqual([true, 1]);
  expect((await post(origin)).status).toBe(503);
  expect((await post(origin, "/v2/models/nobody/infer")).status).toBe(404);
  expect((await fetch(origin, { headers: { "sec-fetch-site": "cross-site" } })).status).toBe(403);
  const samples = await scraped(origin);
  const codes = ["QUEUE_FULL", "NOT_FOUND", "REQUEST_REFUSED"];
  expect([
    valueOf(samples, "darkroom_queue_length"),
    valueOf(samples, "darkroom_drawing"),
    valueOf(samples, "darkroom_requests_in_flight"),
    ...codes.map((code) => valueOf(samples, "darkroom_refused_total", { code })),
  ]).toEqual([1, 1, 2, 1, 1, 1]);
  await Promise.all(drawing);
});

test("no client can add a series", async () => {
  const { origin } = await openConstantServer();
  const count = async (): Promise<number> => {
    const own = (await scraped(origin)).filter(({ name }) => name.startsWith("darkroom_"));
    return own.length;
  };
  const ask = async (i: number): Promise<void> => {
    await fetch(`${origin}/v2/models/name-${i}`);
    await post(origin, `/v2/models/name-${i}/infer`);
    await fetch(`${origin}/nothing/${i}?q=${i}`);
    await fetch(`${origin}/v2/health/live?${i}`);
  };
  await ask(0);
  await count();
  const before = await count();
  for (let i = 1; i < 20; i++) await ask(i);
  expect(await count()).toBe(before);
});

test("metrics need a key if requests do, unless they are open", async () => {
  const lent = [{ name: "all", secret: "k".repeat(43) }];
  const { origin, file } = await openInferenceServer({
    engine: new ConstantEngine(),
    settings: { isKeyRequired: true },
    lent,
  });
  const statuses = async (): Promise<number[]> => {
    const headers = { authorization: `Bearer ${lent[0]!.secret}` };
    const replies = [
      await fetch(`${origin}/metrics`),
      await fetch(`${origin}/metrics`, { headers }),
      await fetch(`${origin}/v2/models`),
      await fetch(`${origin}/metrics/../v2/models`),
      await fetch(`${origin}/metrics`, { headers: { "sec-fetch-site": "cross-site" } }),
    ];
    return replies.map(({ status }) => status);
  };
  expect(await statuses()).toEqual([401, 200, 401, 401, 403]);
  await file.change({ isMetricsOpen: true });
  expect(await statuses()).toEqual([200, 200, 401, 401, 403]);
});

test("gRPC is counted beside REST", async () => {
  const { target, metrics } = await openGrpcServer();
  const ask = await asker(target);
  await ask("ServerLive");
  await ask("ServerMetadata");
  await expect(ask("ModelMetadata", { name: "nobody" })).rejects.toThrow("NOT_FOUND");
  const samples = samplesIn(await metrics.text());
  const service = "/inference.GRPCInferenceService";
  const counted = (method: string, code: string) =>
    valueOf(samples, "darkroom_requests_total", {
      protocol: "grpc",
      route: `${service}/${method}`,
      code,
    });
  expect([
    counted("ServerLive", "200"),
    counted("ServerMetadata", "200"),
    counted("ModelMetadata", "404"),
    valueOf(samples, "darkroom_refused_total", { code: "NOT_FOUND" }),
    valueOf(samples, "darkroom_requests_in_flight"),
  ]).toEqual([1, 1, 1, 1, 0]);
});

test("cards are read from the driver's table, and other lines are skipped", () => {
  expect(
    cardsIn("0, 1024, 24576, 37\n1, 5, 10, [N/A]\nNVIDIA-SMI has failed\n\n2, x, 10, 1"),
  ).toEqual([
    { id: "0", usedMib: 1024, totalMib: 24576, busyPercent: 37 },
    { id: "1", usedMib: 5, totalMib: 10, busyPercent: 0 },
  ]);
});

interface Panel {
  readonly title: string;
  readonly datasource: { readonly uid: string };
  readonly targets?: readonly { readonly expr: string }[];
}

test("the dashboard uses existing metrics, from a data source that can be chosen", async () => {
  const { origin } = await openConstantServer();
  await (await post(origin)).arrayBuffer();
  expect((await post(origin, "/v2/models/nobody/infer")).status).toBe(404);
  const text = await (await fetch(`${origin}/metrics`)).text();
  const known = new Set(samplesIn(text).map(({ name }) => name));
  for (const [, name = ""] of text.matchAll(/^# TYPE (\S+) gauge$/gm)) known.add(name);
  const dashboard = JSON.parse(readFileSync("assets/deploy/grafana/darkroom.json", "utf8")) as {
    readonly panels: readonly Panel[];
    readonly templating: { list: readonly object[] };
  };
  expect(dashboard.templating.list).toContainEqual(
    expect.objectContaining({ type: "datasource", query: "prometheus", name: "source" }),
  );
  const panels = dashboard.panels.filter(({ targets }) => targets !== undefined);
  expect(panels.map(({ datasource }) => datasource.uid)).toEqual(panels.map(() => "${source}"));
  const asked = panels.flatMap(({ targets = [] }) =>
    targets.flatMap(
      ({ expr }) =>
        expr.match(/\b(?:darkroom|ts|process|nodejs)_\w+|\b(?:Requests|GPU|Memory)\w+/g) ?? [],
    ),
  );
  expect(asked.length).toBeGreaterThan(10);
  expect(asked.filter((name) => !known.has(name))).toEqual([]);
});
