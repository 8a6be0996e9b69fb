import { expect, onTestFinished, test } from "vitest";
import { HostProcess } from "../e2e/host-process.ts";
import { temporaryFolder } from "../fakes/temporary-folder.ts";
import { JsonPeer } from "./json-peer.ts";

/** `darkroom serve --openai` with the starter, and OpenAI's Python SDK pointed at it. */
async function aimed(): Promise<(call: string, request?: object) => Promise<unknown>> {
  const ports = ["--port", "0", "--endpoint-port", "0", "--openai"];
  const host = new HostProcess([...ports, "--data-dir", temporaryFolder()]);
  onTestFinished(() => host.stop("SIGKILL"));
  await host.start();
  const peer = JsonPeer.start("openai", "openai_calls.py", `${host.endpoint ?? ""}/v1`, "sk-any");
  return (call, request = {}) => peer.ask({ call, ...request });
}

const SMALL = {
  prompt: "a red fish",
  size: "64x64",
  extra_body: { seed: 7, num_inference_steps: 2 },
};

test("OpenAI's SDK lists models, and gets pictures in every form", async () => {
  const call = await aimed();
  expect(await call("models")).toEqual(["starter", "stable-diffusion"]);
  expect(await call("model", { model: "starter" })).toBe("starter");
  const [first] = (await call("generate", SMALL)) as object[];
  expect(first).toMatchObject({ size: [64, 64] });
  expect([
    await call("generate", { ...SMALL, model: "starter", response_format: "b64_json" }),
    await call("generate", { ...SMALL, response_format: "url" }),
  ]).toEqual([[first], [first]]);
  expect(await call("generate", { ...SMALL, n: 2 })).toMatchObject([first, { size: [64, 64] }]);
  const events = await call("stream", { ...SMALL, partial_images: 1 });
  expect(events).toMatchObject([
    { type: "image_generation.partial_image" },
    { type: "image_generation.completed", ...first },
  ]);
});

test("OpenAI's SDK edits a picture, and gets our errors as its own", async () => {
  const call = await aimed();
  const png = await call("png", SMALL);
  const extra_body = { ...SMALL.extra_body, strength: 0.5 };
  const [edited] = (await call("edit", { ...SMALL, extra_body, png })) as object[];
  expect(edited).toMatchObject({ size: [64, 64] });
  expect(edited).not.toEqual(((await call("generate", SMALL)) as object[])[0]);
  expect(await call("generate", { ...SMALL, size: "100x100" })).toMatchObject({
    status: 400,
    param: "size",
    message: expect.stringContaining("multiples of 8"),
  });
  expect(await call("generate", { ...SMALL, model: "dall-e-3" })).toMatchObject({
    status: 404,
    code: "model_not_found",
  });
  expect(await call("model", { model: "nobody's" })).toMatchObject({ status: 404 });
});
