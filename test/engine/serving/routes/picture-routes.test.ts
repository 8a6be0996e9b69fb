import { expect, test } from "vitest";
import { openRoutes } from "../../../fakes/open-routes.ts";
import { FEW_PIXELS } from "../../../fakes/constant-engine.ts";
import { nestedPixels, NOTEBOOK_REQUEST } from "../../kserve/bodies.ts";

test("the request of the KServe example's notebook gets nested numbers by default", async () => {
  const { origin, engine } = await openRoutes();
  const reply = await fetch(`${origin}/v2/models/stable-diffusion/infer`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(NOTEBOOK_REQUEST),
  });
  expect([reply.status, await reply.json()]).toEqual([
    200,
    {
      model_name: "stable-diffusion",
      id: "42",
      parameters: { seed: "1", device: "cpu", seconds: expect.any(Number) },
      outputs: [
        {
          name: "image",
          shape: [2, 4, 3],
          datatype: "UINT8",
          data: nestedPixels(FEW_PIXELS.data, 4),
        },
      ],
    },
  ]);
  expect(engine.jobs[0]!.requests.map(({ prompt }) => prompt)).toEqual(["Photo of a dog"]);
});
