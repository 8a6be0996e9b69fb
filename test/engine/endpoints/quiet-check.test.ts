import { expect, test } from "vitest";
import type { Counted } from "../../../engine/endpoints/watching/tally.ts";
import { choosyEdge } from "../../fakes/choosy-endpoint.ts";
import { added, openEndpoints, ORDER } from "../../fakes/open-endpoints.ts";
import { EDGE, notebookService } from "../../fakes/notebook-service.ts";
import { always, type Answer, standInEndpoint } from "../../fakes/stand-in-endpoint.ts";

const never = new AbortController().signal;

async function scene(answer: Answer) {
  const edge = await standInEndpoint(answer);
  const counted: Counted[] = [];
  const opened = await openEndpoints({ onAsked: (_, one) => counted.push(one) });
  const { id } = await opened.endpoints.add(added(edge.url, { token: "a-token-of-the-edge" }));
  return { ...opened, edge, counted, id };
}

test.each<readonly [string, Answer, string, string | undefined]>([
  ["one that is ready", notebookService(), "ready", undefined],
  ["one without such an address", always(404, '{"detail":"Not Found"}'), "ready", undefined],
  ["one whose model loads", EDGE.notReady, "not-ready", "ENDPOINT_BUSY"],
  ["one that says no", always(200, '{"ready":false}'), "not-ready", undefined],
  ["one that refuses the token", EDGE.unauthorized, "failed", "ENDPOINT_TOKEN_REFUSED"],
  ["one without the model", EDGE.unknownModel, "failed", "ENDPOINT_MODEL_UNKNOWN"],
])("a background check of %s sends one question and no picture", async (_, answer, state, code) => {
  const { endpoints, edge, id } = await scene(answer);
  const check = await endpoints.checkQuietly(id, never);
  expect([check.state, check.error?.code]).toEqual([state, code]);
  expect(edge.seen.map(({ method, path }) => `${method} ${path}`)).toEqual([
    "GET /v2/models/stable-diffusion/ready",
  ]);
  expect(JSON.stringify(check)).not.toContain("a-token-of-the-edge");
});

test("a background check of a missing endpoint fails, and an aborted one rejects", async () => {
  const { endpoints } = await openEndpoints();
  const { id } = await endpoints.add(added("http://127.0.0.1:1"));
  expect(await endpoints.checkQuietly(id, never)).toMatchObject({
    state: "failed",
    error: { code: "ENDPOINT_UNREACHABLE" },
  });
  const held = await scene(() => undefined);
  const abort = new AbortController();
  const checking = held.endpoints.checkQuietly(held.id, abort.signal);
  abort.abort();
  await expect(checking).rejects.toThrow("aborted");
});

test("a picture is counted with its time and its bytes, a failed one with its code", async () => {
  const drawn = await scene(notebookService());
  await drawn.endpoints.draw(drawn.id, ORDER, { signal: never });
  const body = drawn.edge.seen.at(-1)?.body ?? "";
  const [one] = drawn.counted;
  expect(one).toMatchObject({ bytesOut: body.length, isGpuTold: false, gpuSeconds: one?.seconds });
  expect(one?.bytesIn).toBeGreaterThan(100);

  const failed = await scene(EDGE.handlerFailed);
  await expect(failed.endpoints.draw(failed.id, ORDER, { signal: never })).rejects.toMatchObject({
    code: "ENDPOINT_FAULT",
  });
  expect(failed.counted).toMatchObject([{ code: "ENDPOINT_FAULT" }]);
});

test("pictures of a trial and of the doctor are counted by their cost, not by their time or by what is refused", async () => {
  const { endpoints, id, edge, counted } = await scene(
    choosyEdge({ uses: ["seed"], refuses: ["scheduler"] }),
  );
  const news = [];
  for await (const one of endpoints.trySettings(id, never)) news.push(one);
  const drawn = news.at(-1)?.pictures ?? 0;
  const posts = edge.seen.filter(({ method }) => method === "POST");
  expect(posts.length).toBeGreaterThan(drawn);
  expect(counted).toHaveLength(drawn);
  for (const one of counted) {
    expect(one).not.toHaveProperty("seconds");
    expect(one).not.toHaveProperty("code");
    expect(one.gpuSeconds).toBeGreaterThan(0);
  }
  for await (const _ of endpoints.diagnose({ id, isPictureAsked: true }, never));
  expect(counted).toHaveLength(drawn + 1);
  for await (const _ of endpoints.diagnose({ id, isPictureAsked: false }, never));
  expect(counted).toHaveLength(drawn + 1);
});

test("the doctor's picture of an address that is not added is counted nowhere", async () => {
  const { endpoints, edge, counted } = await scene(notebookService());
  const endpoint = { ...added(edge.url), headers: [] };
  for await (const _ of endpoints.diagnose({ endpoint, isPictureAsked: true }, never));
  expect(counted).toEqual([]);
});
