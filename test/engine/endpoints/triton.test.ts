import { expect, test } from "vitest";
import { added, openEndpoints, ORDER } from "../../fakes/open-endpoints.ts";
import { always, standInEndpoint, type Answer } from "../../fakes/stand-in-endpoint.ts";

const signal = new AbortController().signal;

/** Triton's server with an ensemble that takes batches (max_batch_size above 0), as its HTTP front end answers. */
const triton: Answer = (response, request, count) => {
  const [status, reply] = answerTo(request.method, request.path, request.body);
  always(status, JSON.stringify(reply))(response, request, count);
};

function answerTo(method: string, path: string, body: string): readonly [number, unknown] {
  const replies: Readonly<Record<string, unknown>> = {
    "GET /v2/health/ready": {},
    "GET /v2": { name: "triton", version: "2.60.0", extensions: ["binary_tensor_data"] },
    "POST /v2/repository/index": ["sd_ensemble", "vae"].map((name) => ({
      name,
      version: "1",
      state: "READY",
    })),
    "GET /v2/models/sd_ensemble": {
      name: "sd_ensemble",
      platform: "ensemble",
      inputs: [{ name: "PROMPT", datatype: "BYTES", shape: [-1, 1] }],
      outputs: [{ name: "generated_image", datatype: "FP32", shape: [-1, -1, -1, -1] }],
    },
    "GET /v2/models/sd_ensemble/ready": {},
  };
  const reply = replies[`${method} ${path}`];
  if (reply !== undefined) return [200, reply];
  if (path === "/v2/models/sd_ensemble/infer") return drawn(body);
  if (path === "/v2/models") return [404, { error: "Not Found" }];
  return [400, { error: `Request for unknown model: '${path.split("/")[3]}' is not found` }];
}

function drawn(body: string): readonly [number, unknown] {
  const { inputs } = JSON.parse(body) as { inputs: readonly { name: string; shape: number[] }[] };
  const { name, shape = [] } = inputs[0] ?? {};
  if (shape.length !== 2) {
    const error = `unexpected shape for input '${name}' for model 'sd_ensemble'. Expected [-1,1], got [${shape.join()}]`;
    return [400, { error }];
  }
  const image = { name: "generated_image", datatype: "FP32", shape: [1, 1, 1, 3] };
  return [200, { outputs: [{ ...image, data: [10, 20, 255] }] }];
}

test("an ensemble that takes batches draws", async () => {
  const { url } = await standInEndpoint(triton);
  const { endpoints } = await openEndpoints();
  const { id } = await endpoints.add(added(url, { model: "sd_ensemble" }));
  expect(await endpoints.test(id)).toMatchObject({
    state: "ready",
    server: "triton 2.60.0",
    models: ["sd_ensemble", "vae"],
    inputs: ["PROMPT"],
    ranks: [2],
  });
  const order = { ...ORDER, model: "sd_ensemble" };
  const { pixels } = await endpoints.draw(id, order, { signal });
  expect([...pixels.data]).toEqual([10, 20, 255]);
});

test("a model that is not there is refused with the names of those that are", async () => {
  const { url } = await standInEndpoint(triton);
  const { endpoints } = await openEndpoints();
  const { id } = await endpoints.add(added(url, { model: "stable-diffusion" }));
  expect(await endpoints.test(id)).toMatchObject({
    models: ["sd_ensemble", "vae"],
    error: { code: "ENDPOINT_MODEL_UNKNOWN" },
  });
});
