import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { TrialNews } from "../../../../engine/contract/setting-trial.ts";
import type { Endpoints } from "../../../../engine/endpoints/endpoints.ts";
import { type Choosiness, choosyEdge, inputsOf } from "../../../fakes/choosy-endpoint.ts";
import { ConstantEngine } from "../../../fakes/constant-engine.ts";
import { added, openEndpoints, ORDER } from "../../../fakes/open-endpoints.ts";
import { openConstantServer } from "../../../fakes/open-inference-server.ts";
import { notebookService } from "../../../fakes/notebook-service.ts";
import { type Answer, standInEndpoint } from "../../../fakes/stand-in-endpoint.ts";

const { signal: never } = new AbortController();

async function tried(endpoints: Endpoints, id: string): Promise<TrialNews[]> {
  const all: TrialNews[] = [];
  for await (const news of endpoints.trySettings(id, never)) all.push(news);
  return all;
}

async function opened(answer: Answer) {
  const edge = await standInEndpoint(answer);
  const opening = await openEndpoints();
  const { id } = await opening.endpoints.add(added(edge.url));
  await opening.endpoints.test(id);
  const sent = () =>
    edge.seen.flatMap(({ path, body }) => (path.endsWith("/infer") ? [inputsOf(body)] : []));
  return { ...opening, id, edge, sent };
}

async function verdictsOf(choosiness: Choosiness) {
  const { endpoints, id, sent } = await opened(choosyEdge(choosiness));
  const last = (await tried(endpoints, id)).at(-1);
  return { verdicts: last?.verdicts, pictures: last?.pictures, endpoint: endpoints.get(id), sent };
}

const SETTINGS = {
  seed: "seed",
  steps: "num_inference_steps",
  guidanceScale: "guidance_scale",
  negativePrompt: "negative_prompt",
  scheduler: "scheduler",
} as const;

test("the original notebook's service, which draws differently each time, ignores seed and size after two pictures", async () => {
  const { verdicts, pictures, endpoint } = await verdictsOf({ uses: [], isRandom: true });
  expect(verdicts).toEqual({
    size: "ignored",
    seed: "ignored",
    steps: "unknown",
    guidanceScale: "unknown",
    negativePrompt: "unknown",
    scheduler: "unknown",
  });
  expect(pictures).toBe(2);
  expect(endpoint.profile).toBe("prompt");
});

test("one that always draws the same picture uses no setting, with certainty", async () => {
  const { endpoints, id } = await opened(notebookService());
  const last = (await tried(endpoints, id)).at(-1);
  expect(new Set(Object.values(last?.verdicts ?? {}))).toEqual(new Set(["ignored"]));
  expect(endpoints.get(id)).toMatchObject({ profile: "prompt", trial: { pictures: 7 } });
});

test("one that uses only the seed is sent only the seed from then on", async () => {
  const { verdicts, pictures, endpoint } = await verdictsOf({ uses: ["seed"] });
  expect(verdicts).toEqual({
    size: "ignored",
    seed: "used",
    steps: "ignored",
    guidanceScale: "ignored",
    negativePrompt: "ignored",
    scheduler: "ignored",
  });
  expect(pictures).toBe(7);
  expect(endpoint.profile).toBe("full");
});

test.each(Object.entries(SETTINGS))("a used %s shows in the pictures", async (setting, input) => {
  const { verdicts } = await verdictsOf({ uses: [input] });
  expect(verdicts).toMatchObject({ [setting]: "used" });
  expect(Object.values(verdicts ?? {}).filter((verdict) => verdict === "used")).toHaveLength(1);
});

test("a used size is visible in the first picture", async () => {
  const { endpoints, id } = await opened(choosyEdge({ uses: ["width", "height"], isRandom: true }));
  const news = await tried(endpoints, id);
  expect(news.find(({ pictures }) => pictures === 1)?.verdicts).toEqual({ size: "used" });
  expect(news.at(-1)?.verdicts).toMatchObject({ size: "used", seed: "ignored" });
});

test("the small noise of a graphics card does not count as a setting", async () => {
  const { verdicts } = await verdictsOf({ uses: ["seed"], noise: 1 });
  expect(verdicts).toMatchObject({ seed: "used", steps: "ignored", scheduler: "ignored" });
});

test("a refused setting is named and left out, and the rest is tried without it", async () => {
  const { verdicts, sent } = await verdictsOf({
    uses: ["seed", "num_inference_steps"],
    refuses: ["negative_prompt", "scheduler"],
  });
  expect(verdicts).toMatchObject({
    seed: "used",
    steps: "used",
    guidanceScale: "ignored",
    negativePrompt: "refused",
    scheduler: "refused",
  });
  expect(sent().some((inputs) => !inputs.has("scheduler") && inputs.has("seed"))).toBe(true);
});

test("a service whose handler fails on settings is asked with the prompt only", async () => {
  const { verdicts, endpoint, sent } = await verdictsOf({
    uses: [],
    isRandom: true,
    failsOn: Object.values(SETTINGS),
  });
  expect(new Set(Object.values(verdicts ?? {}))).toEqual(new Set(["refused"]));
  expect(sent().map((inputs) => [...inputs.keys()])).toEqual([
    expect.arrayContaining(["prompt", "seed", "scheduler"]),
    ["prompt"],
    ["prompt"],
  ]);
  expect(endpoint.profile).toBe("prompt");
});

test("pictures are requested with a trial's results, and recorded with them", async () => {
  const { endpoints, id, sent } = await opened(choosyEdge({ uses: ["seed"] }));
  await tried(endpoints, id);
  const order = { ...ORDER, isSizeOpen: undefined, seed: "7", steps: 9, negativePrompt: "dark" };
  const picture = await endpoints.draw(id, order, { signal: never });
  expect([...(sent().at(-1)?.keys() ?? [])]).toEqual(["prompt", "seed"]);
  expect(picture.sent).toMatchObject({ seed: "7", negativePrompt: "", isSizeOpen: true });
  expect(picture.sent).not.toHaveProperty("steps");
});

test("another trial's results replace them, a test does not, and another address clears them", async () => {
  const { endpoints, id } = await opened(choosyEdge({ uses: ["seed"] }));
  await tried(endpoints, id);
  await endpoints.test(id);
  expect(endpoints.get(id)).toMatchObject({
    profile: "full",
    trial: { verdicts: { seed: "used" } },
  });
  await endpoints.change({ id, url: "https://elsewhere.example.com" });
  expect(endpoints.get(id).trial).toBeUndefined();
});

test("the doctor reports a trial's results", async () => {
  const { endpoints, id } = await opened(choosyEdge({ uses: ["seed"] }));
  await tried(endpoints, id);
  const seen: (string | undefined)[] = [];
  for await (const finding of endpoints.diagnose({ id, isPictureAsked: false }, never)) {
    if (finding.step === "metadata") seen.push(finding.seen);
  }
  expect(seen.join()).toContain(
    "its pictures tell that it uses seed; ignores size, steps, guidance, negative prompt, sampler",
  );
});

test("a profile that the user chose stays", async () => {
  const edge = await standInEndpoint(choosyEdge({ uses: ["seed"] }));
  const { endpoints } = await openEndpoints();
  const { id } = await endpoints.add(added(edge.url, { profile: "prompt" }));
  await tried(endpoints, id);
  expect(endpoints.get(id)).toMatchObject({
    profile: "prompt",
    trial: { verdicts: { seed: "used" } },
  });
});

test("it survives a restart; what a newer version wrote of it causes no other loss", async () => {
  const { endpoints, id, folder } = await opened(choosyEdge({ uses: ["seed"] }));
  await tried(endpoints, id);
  const file = join(folder, "endpoints.json");
  const text = readFileSync(file, "utf8");
  writeFileSync(
    file,
    text.replace('"seed": "used"', '"seed": "used", "upscaler": "used", "size": "perhaps"'),
  );
  const again = await openEndpoints({ dataFolder: folder });
  const { trial, profile } = again.endpoints.get(id);
  expect(profile).toBe("full");
  expect(trial?.verdicts).toMatchObject({ seed: "used", steps: "ignored" });
  expect(trial?.verdicts).not.toHaveProperty("upscaler");
});

test("a cancel requests no further picture, and keeps what is known", async () => {
  const { endpoints, id, sent } = await opened(choosyEdge({ uses: ["seed"] }));
  const leaving = new AbortController();
  const news: TrialNews[] = [];
  for await (const one of endpoints.trySettings(id, leaving.signal)) {
    news.push(one);
    if (one.verdicts.seed === "used") leaving.abort();
  }
  expect(news.at(-1)?.verdicts).toEqual({ size: "ignored", seed: "used" });
  expect(sent()).toHaveLength(3);
  expect(endpoints.get(id).trial?.verdicts).toEqual({ size: "ignored", seed: "used" });
});

test("an endpoint that cannot draw says why, and nothing is learned about it", async () => {
  const { endpoints, id } = await opened((response, request, count) =>
    request.path.endsWith("/infer")
      ? response.writeHead(401).end()
      : notebookService()(response, request, count),
  );
  const news = await tried(endpoints, id);
  expect(news.at(-1)?.error?.code).toBe("ENDPOINT_TOKEN_REFUSED");
  expect(endpoints.get(id).trial).toBeUndefined();
});

test("our own server's size is recognised as used", async () => {
  const server = await openConstantServer({}, new ConstantEngine({ isSized: true }));
  const { endpoints } = await openEndpoints();
  const { id } = await endpoints.add(added(server.origin));
  await endpoints.test(id);
  const last = (await tried(endpoints, id)).at(-1);
  expect(last?.error).toBeUndefined();
  // Its engine is a fake that draws only black pictures.
  expect(last?.verdicts).toMatchObject({ size: "used", seed: "ignored" });
});
