import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { HostProcess } from "../e2e/host-process.ts";
import { temporaryFolder } from "../fakes/temporary-folder.ts";
import { npmFolder } from "./npm-package.ts";

interface Image {
  readonly b64_json?: string;
}

/** The part of the SDK that is tested. */
interface OpenAi {
  readonly models: { list(): Promise<{ readonly data: readonly { readonly id: string }[] }> };
  readonly images: {
    generate(asked: object): Promise<{ readonly data: readonly Image[] }>;
    edit(asked: object): Promise<{ readonly data: readonly Image[] }>;
  };
}

interface Sdk {
  readonly OpenAI: new (options: object) => OpenAi;
  readonly toFile: (bytes: Uint8Array, name: string, options: object) => Promise<unknown>;
}

const SMALL = { prompt: "a red fish", size: "64x64", seed: 7, num_inference_steps: 2 };

const bytesOf = ({ b64_json = "" }: Image): Buffer => Buffer.from(b64_json, "base64");

test("OpenAI's SDK for Node lists models, draws, streams, edits, and gets our errors", async () => {
  const ports = ["--port", "0", "--endpoint-port", "0", "--openai"];
  const host = new HostProcess([...ports, "--data-dir", temporaryFolder()]);
  onTestFinished(() => host.stop("SIGKILL"));
  await host.start();
  const entry = join(npmFolder({ name: "openai-node", npm: "openai" }), "index.mjs");
  const { OpenAI, toFile } = (await import(pathToFileURL(entry).href)) as Sdk;
  const client = new OpenAI({
    baseURL: `${host.endpoint ?? ""}/v1`,
    apiKey: "sk-any",
    maxRetries: 0,
  });
  const models = await client.models.list();
  expect(models.data.map(({ id }) => id)).toEqual(["starter", "stable-diffusion"]);
  const [image = {}] = (await client.images.generate(SMALL)).data;
  expect(bytesOf(image).readUInt32BE(16)).toBe(64);
  const stream = (await client.images.generate({ ...SMALL, stream: true })) as unknown;
  const types: string[] = [];
  for await (const { type } of stream as AsyncIterable<{ readonly type: string }>) types.push(type);
  expect(types).toEqual(["image_generation.completed"]);
  const file = await toFile(bytesOf(image), "start.png", { type: "image/png" });
  const edited = await client.images.edit({ ...SMALL, image: file, strength: 0.5 });
  expect(bytesOf(edited.data[0] ?? {}).readUInt32BE(16)).toBe(64);
  await expect(client.images.generate({ ...SMALL, n: 99 })).rejects.toMatchObject({
    status: 400,
    param: "n",
    code: "request_invalid",
  });
});
