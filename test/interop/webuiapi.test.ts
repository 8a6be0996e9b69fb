import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { HostProcess } from "../e2e/host-process.ts";
import { temporaryFolder } from "../fakes/temporary-folder.ts";
import { JsonPeer } from "./json-peer.ts";

const KEY = `dk_${"k".repeat(43)}`;

/** `darkroom serve --a1111` with the starter and a key, listening on the network so that the key is required. */
async function openHost(): Promise<URL> {
  const folder = temporaryFolder();
  const keyFile = join(folder, "key");
  writeFileSync(keyFile, KEY, { mode: 0o600 });
  const ports = ["--port", "0", "--endpoint-port", "0", "--a1111", "--key-file", keyFile];
  const host = new HostProcess([...ports, "--data-dir", join(folder, "data")]);
  onTestFinished(() => host.stop("SIGKILL"));
  await host.start();
  return new URL(host.endpoint ?? "");
}

const SMALL = { prompt: "a red fish", seed: 7, steps: 2, width: 64, height: 64 };

test("webuiapi draws, starts from what it drew, and chooses model and sampler", async () => {
  const { hostname, port } = await openHost();
  const peer = JsonPeer.start("webuiapi", "webuiapi_calls.py", hostname, port, "anybody", KEY);
  const call = (name: string, request: object = {}): Promise<unknown> =>
    peer.ask({ call: name, ...request });
  expect(await call("models")).toEqual(["starter"]);
  expect(await call("model")).toBe("starter");
  expect(await call("samplers")).toContain("Euler a");
  expect(await call("schedulers")).toContain("Karras");
  expect(await call("upscalers")).toEqual([]);
  expect(await call("flags")).toEqual({ api: true });
  expect(await call("progress")).toEqual({ progress: 0, image: null });
  const asked = { ...SMALL, sampler_name: "DPM++ 2M", scheduler: "Karras", batch_size: 2 };
  expect(await call("txt2img", asked)).toEqual({
    sizes: [
      [64, 64],
      [64, 64],
    ],
    seeds: [7, 8],
    sampler: "DPM++ 2M",
    text: expect.stringContaining("a red fish\nSteps: 2, Sampler: DPM++ 2M"),
  });
  expect(await call("pnginfo")).toContain("Seed: 7");
  expect(await call("img2img", { ...SMALL, denoising_strength: 0.5 })).toMatchObject({
    sizes: [[64, 64]],
  });
  expect(await call("txt2img", { ...SMALL, enable_hr: true })).toMatchObject({
    status: 400,
    text: expect.stringContaining("enable_hr cannot be used"),
  });
});

/** The requests of Open WebUI's image tool, header by header, as its routers/images.py builds them. */
test("a client that calls A1111 as Open WebUI does chooses the model and draws", async () => {
  const { origin } = await openHost();
  const authorization = `Basic ${btoa(`anybody:${KEY}`)}`;
  const options = await fetch(`${origin}/sdapi/v1/options`, { headers: { authorization } });
  expect(options.ok).toBe(true);
  const settings = (await options.json()) as Record<string, unknown>;
  const post = (path: string, message: object) =>
    fetch(`${origin}/sdapi/v1/${path}`, {
      method: "POST",
      headers: { authorization, "content-type": "application/json" },
      body: JSON.stringify(message),
    });
  const chosen = await post("options", { ...settings, sd_model_checkpoint: "starter" });
  expect(chosen.ok).toBe(true);
  const models = await fetch(`${origin}/sdapi/v1/sd-models`, { headers: { authorization } });
  expect(await models.json()).toMatchObject([{ title: "starter", model_name: "starter" }]);
  const asked = {
    prompt: "a red fish",
    batch_size: 1,
    width: 64,
    height: 64,
    steps: 2,
    cfg_scale: 7,
  };
  const drawn = await post("txt2img", {
    ...asked,
    sampler_name: "Euler a",
    negative_prompt: "fog",
  });
  const { images, info } = (await drawn.json()) as { images: string[]; info: string };
  expect(Buffer.from(images[0] ?? "", "base64").readUInt32BE(16)).toBe(64);
  expect(JSON.parse(info)).toMatchObject({ prompt: "a red fish", sampler_name: "Euler a" });
});
