import { expect, test } from "vitest";
import type { EndpointKind } from "../../../../engine/contract/endpoints.ts";
import { pixels } from "../../../../engine/image/pixels.ts";
import { encodePng } from "../../../../engine/image/png/png.ts";
import { ConstantEngine } from "../../../fakes/constant-engine.ts";
import { added, openEndpoints, ORDER } from "../../../fakes/open-endpoints.ts";
import { openGrpcServer } from "../../../fakes/open-grpc-server.ts";
import { openConstantServer } from "../../../fakes/open-inference-server.ts";
import { refusal } from "../../../fakes/refusal.ts";
import { standInEndpoint } from "../../../fakes/stand-in-endpoint.ts";

const SETTINGS = {
  negativePrompt: "blurry",
  steps: 12,
  guidanceScale: 7.1,
  seed: "4294967295",
  scheduler: "dpm++2m-karras",
  width: 64,
  height: 128,
} as const;
const { isSizeOpen: _, ...SIZED } = ORDER;
const ASKED = { ...SIZED, ...SETTINGS };

/** One of our own servers over a real socket, added as one of the kinds it speaks. */
async function opened(kind: EndpointKind, engine = new ConstantEngine()) {
  const { origin } =
    kind === "grpc"
      ? { origin: `grpc://${(await openGrpcServer({ engine })).target}` }
      : await openConstantServer({ isOpenaiOn: true }, engine);
  const { endpoints } = await openEndpoints();
  const path = { v2: "", grpc: "", v1: "", openai: "/v1/images/generations", a1111: "" }[kind];
  const { id } = await endpoints.add(added(origin + path, kind === "v1" ? { kind } : {}));
  const check = await endpoints.test(id);
  return { engine, endpoints, id, check };
}

const { signal } = new AbortController();

test.each(["v1", "grpc", "openai"] as const)(
  "our own server draws exactly what is requested over %s",
  async (kind) => {
    const { engine, endpoints, id, check } = await opened(kind);
    expect(endpoints.get(id).kind).toBe(kind);
    expect(check).toMatchObject({ state: "ready" });
    if (kind === "v1") await endpoints.change({ id, profile: "full" });
    const { model, profile } = endpoints.get(id);
    expect(profile).toBe("full");
    const picture = await endpoints.draw(id, { ...ASKED, model }, { signal });
    expect(picture.sent).toMatchObject(SETTINGS);
    expect(engine.jobs.flatMap(({ requests }) => requests)).toMatchObject([
      { prompt: "a dog", ...SETTINGS },
    ]);
  },
);

test("gRPC reports what the server says about itself, and sends its token as metadata", async () => {
  const server = await openGrpcServer({ settings: { isKeyRequired: true } });
  const { secret } = await server.file.addKey({
    name: "A reader",
    scopes: ["inference"],
    keepsPictures: false,
    isSeedProfile: false,
  });
  const { endpoints } = await openEndpoints();
  const { id } = await endpoints.add(added(`grpc://${server.target}`));
  const refused = await endpoints.test(id);
  expect(refused.error?.code).toBe("ENDPOINT_TOKEN_REFUSED");
  await endpoints.setToken(id, secret);
  expect(await endpoints.test(id)).toMatchObject({
    state: "ready",
    server: expect.stringMatching(/^darkroom /),
    inputs: expect.arrayContaining(["prompt", "seed", "num_inference_steps"]),
  });
  await endpoints.draw(id, { ...ASKED, model: endpoints.get(id).model }, { signal });
  expect(server.mistakes).toEqual([]);
});

test("gRPC refuses by name: an unknown model, an address without a listener, and a cancel", async () => {
  const server = await openGrpcServer();
  const { endpoints } = await openEndpoints();
  const { id } = await endpoints.add(added(`grpc://${server.target}`, { model: "another" }));
  expect((await endpoints.test(id)).error?.code).toBe("ENDPOINT_MODEL_UNKNOWN");
  const drawing = endpoints.draw(id, { ...ASKED, model: "another" }, { signal });
  await expect(drawing).rejects.toEqual(refusal("ENDPOINT_MODEL_UNKNOWN"));

  const timing = { connectMs: 200, idleMs: 1000, bodyMs: 1000 };
  const nobody = await openEndpoints({ timing });
  const away = await nobody.endpoints.add(added("grpc://127.0.0.1:1"));
  const asked = nobody.endpoints.draw(away.id, ASKED, { signal });
  await expect(asked).rejects.toEqual(refusal("ENDPOINT_UNREACHABLE"));

  const cancelled = AbortSignal.abort(new DOMException("cancelled", "AbortError"));
  const gone = endpoints.draw(id, ASKED, { signal: cancelled });
  await expect(gone).rejects.toMatchObject({ name: "AbortError" });
});

/** A scripted server that answers like AUTOMATIC1111's web UI 1.10. */
function scriptedA1111(asked: unknown[]) {
  const png = Buffer.from(encodePng(pixels(2, 1, new Uint8Array(6)))).toString("base64");
  return standInEndpoint((response, request) => {
    const isOptions = request.path === "/sdapi/v1/options";
    if (!isOptions) asked.push(JSON.parse(request.body));
    response.setHeader("content-type", "application/json");
    const drawn = { images: [png], parameters: {}, info: JSON.stringify({ seed: 1234567890123 }) };
    const options = {
      sd_model_checkpoint: "v2-1_768.safetensors [ad2a33c361]",
      samples_save: true,
    };
    response.end(JSON.stringify(isOptions ? options : drawn));
  });
}

test("a scripted A1111 server is sent A1111's names, and returns its seed", async () => {
  const asked: unknown[] = [];
  const server = await scriptedA1111(asked);
  const { endpoints } = await openEndpoints();
  const { id } = await endpoints.add(added(`${server.url}/sdapi/v1/txt2img`));
  expect(await endpoints.test(id)).toMatchObject({
    state: "ready",
    models: ["v2-1_768.safetensors [ad2a33c361]"],
  });
  const { model, kind, profile } = endpoints.get(id);
  expect([kind, profile, model]).toEqual(["a1111", "full", "v2-1_768.safetensors [ad2a33c361]"]);
  const { seed, pixels: drawn } = await endpoints.draw(id, { ...ASKED, model }, { signal });
  expect([seed, drawn.width, drawn.height]).toEqual(["1234567890123", 2, 1]);
  expect(asked).toEqual([
    {
      prompt: "a dog",
      negative_prompt: "blurry",
      batch_size: 1,
      n_iter: 1,
      steps: 12,
      cfg_scale: 7.1,
      seed: 4294967295,
      width: 64,
      height: 128,
      sampler_name: "DPM++ 2M",
      scheduler: "Karras",
    },
  ]);
});
