import { expect, test } from "vitest";
import { ConstantEngine } from "../../fakes/constant-engine.ts";
import { openConstantServer } from "../../fakes/open-inference-server.ts";
import { ask, postJson } from "./routes/asking.ts";

const PROMPT = { name: "prompt", shape: [1], datatype: "BYTES", data: ["a fish"] };

test("statistics in Triton's shape: pictures, requests, the queue and the stages, by model", async () => {
  const failure = { afterSteps: 8, error: new Error("a mistake") };
  const { origin } = await openConstantServer({}, new ConstantEngine({ failure }));
  const infer = (count: number) =>
    postJson(`${origin}/v2/models/starter/infer`, { inputs: [PROMPT], parameters: { count } });
  expect([(await infer(3)).status, (await infer(1)).status, (await infer(5)).status]).toEqual([
    200, 200, 500,
  ]);
  const stats = await ask(`${origin}/v2/models/stable-diffusion/versions/1.0/stats`);
  const tally = (count: number) => ({ count, ns: expect.any(Number) as number });
  expect(stats.json).toEqual({
    model_stats: [
      {
        name: "stable-diffusion",
        version: "1.0",
        last_inference: expect.any(Number) as number,
        inference_count: 8,
        execution_count: 8,
        inference_stats: {
          success: tally(2),
          fail: tally(1),
          queue: tally(3),
          compute_input: tally(8),
          compute_infer: tally(8),
          compute_output: tally(8),
          cache_hit: { count: 0, ns: 0 },
          cache_miss: { count: 0, ns: 0 },
        },
        response_stats: {},
        batch_stats: [
          {
            batch_size: 1,
            compute_input: tally(8),
            compute_infer: tally(8),
            compute_output: tally(8),
          },
        ],
        memory_usage: [],
      },
    ],
  });
  const all = await ask(`${origin}/v2/models/stats`);
  expect(all.json).toMatchObject({
    model_stats: [
      { name: "other", inference_count: 0, last_inference: 0, batch_stats: [] },
      { name: "starter", inference_count: 8 },
    ],
  });
  expect((await ask(`${origin}/v2/models/nobody/stats`)).status).toBe(404);
});
