import { expect, test } from "vitest";
import type { PictureEvent, PictureJob } from "../../../engine/serving/picture-engine.ts";
import { ConstantEngine } from "../../fakes/constant-engine.ts";
import { openInferenceServer } from "../../fakes/open-inference-server.ts";

/** Records whose pictures are drawn, in order. */
class ListingEngine extends ConstantEngine {
  readonly drawn: string[] = [];

  override async *draw(job: PictureJob, signal: AbortSignal): AsyncGenerator<PictureEvent, void> {
    for await (const event of super.draw(job, signal)) {
      if (event.kind === "picture") this.drawn.push(event.record.prompt);
      yield event;
    }
  }
}

const KEYS = ["a", "b", "c"].map((name) => ({ name, secret: `dk_${name.repeat(40)}` }));

/** Every picture is expected to take a second, however long it really takes. */
async function open(stepMs = 20) {
  const expectedSeconds = ({ requests }: PictureJob): number =>
    requests.reduce((sum, { count = 1 }) => sum + count, 0);
  const engine = new ListingEngine({ stepMs, expectedSeconds });
  const server = await openInferenceServer({ engine, lent: KEYS });
  const ask = (
    prompt: string,
    count = 1,
    { timeout, ...more }: RequestInit & { timeout?: number } = {},
  ) =>
    fetch(`${server.origin}/v2/models/starter/infer`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        authorization: `Bearer ${KEYS.find(({ name }) => name === prompt[0])?.secret}`,
      },
      body: JSON.stringify({
        inputs: [{ name: "prompt", shape: [1], datatype: "BYTES", data: [prompt] }],
        parameters: { count, ...(timeout !== undefined && { timeout }) },
      }),
      ...more,
    });
  return { ...server, ask };
}

test("a request of many pictures lets other keys' pictures in between", async () => {
  const { engine, ask, admission } = await open();
  const many = ask("a many", 12);
  await expect.poll(() => engine.drawn.length).toBeGreaterThan(0);
  const before = engine.drawn.length;
  const others = [ask("b one"), ask("b two"), ask("c one"), ask("a more")];
  const replies = await Promise.all([many, ...others]);
  expect(replies.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
  const { outputs } = (await replies[0].json()) as { outputs: { shape: number[] }[] };
  expect(outputs[0]!.shape[0]).toBe(12);
  const { drawn } = engine;
  expect(drawn.filter((prompt) => prompt === "a many").length).toBe(12);
  // At most two of the many come first: the one being drawn when they arrived, and the next.
  for (const prompt of ["b one", "c one"]) expect(drawn.indexOf(prompt)).toBeLessThan(before + 6);
  // Requests of one key are answered in order.
  expect(drawn.at(-1)).toBe("a more");
  expect(drawn.indexOf("b one")).toBeLessThan(drawn.indexOf("b two"));
  expect([admission.waiting, admission.isDrawing]).toEqual([0, false]);
});

test("two requests of many pictures continue in turns", async () => {
  const { engine, ask } = await open(5);
  await Promise.all([ask("a many", 8), ask("b many", 8)]);
  const { drawn } = engine;
  const runs = drawn.join("").replaceAll(/(?:a many){3,}|(?:b many){3,}/g, "!");
  expect([drawn.length, runs.slice(0, -1).includes("!")]).toEqual([16, false]);
});

test("after a client disconnects between two of its pictures, no more are drawn for it", async () => {
  const { engine, ask, admission } = await open(50);
  const gone = new AbortController();
  const many = ask("a many", 20, { signal: gone.signal }).catch(() => "gone");
  await expect.poll(() => engine.drawn.length).toBeGreaterThan(0);
  const others = Promise.all([ask("b many", 5), ask("c many", 5)]);
  await expect.poll(() => engine.drawn.includes("b many")).toBe(true);
  gone.abort();
  expect(await many).toBe("gone");
  expect((await others).map(({ status }) => status)).toEqual([200, 200]);
  expect(engine.drawn.filter((prompt) => prompt === "a many").length).toBeLessThan(12);
  await expect.poll(() => [admission.waiting, admission.isDrawing]).toEqual([0, false]);
});

test("a limit is compared with the turns that come before, not with all of another's pictures", async () => {
  const { engine, ask } = await open();
  const many = ask("a many", 20);
  await expect.poll(() => engine.drawn.length).toBeGreaterThan(0);
  const timeout = 3_000_000;
  const [other, own] = await Promise.all([
    ask("b one", 1, { timeout }),
    ask("a one", 1, { timeout }),
  ]);
  expect([other.status, own.status, own.headers.get("retry-after")]).toEqual([
    200,
    503,
    expect.stringMatching(/^1\d$/),
  ]);
  expect((await many).status).toBe(200);
});
