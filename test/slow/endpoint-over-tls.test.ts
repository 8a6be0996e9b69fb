import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { decodePicture } from "../../engine/codecs/picture-codec.ts";
import type { StudioClient } from "../../engine/contract/studio-client.ts";
import type { Generation } from "../../engine/contract/generation.ts";
import { http, type ReachedStudio } from "../contract/transports.ts";
import { certificate } from "../fakes/certificates.ts";
import { temporaryFolder } from "../fakes/temporary-folder.ts";
import { tlsTerminator } from "../fakes/tls-terminator.ts";

const QUICK = { prompt: "a red ball", steps: 2, width: 64, height: 64, seed: "7" } as const;

async function open(folder: string): Promise<ReachedStudio> {
  const studio = await http.open(folder);
  let isOpen = true;
  const close = async (): Promise<void> => {
    if (isOpen) await studio.close();
    isOpen = false;
  };
  onTestFinished(close);
  return { ...studio, close };
}

async function draw(client: StudioClient, asked: object): Promise<Generation> {
  const { generationIds } = await client.generation.enqueue({ ...QUICK, ...asked });
  return vi.waitFor(
    async () => {
      const generation = await client.generation.get({ id: generationIds[0]! });
      expect([generation.state, generation.error]).toEqual(["done", undefined]);
      return generation;
    },
    { timeout: 120_000, interval: 100 },
  );
}

/** A secret in every form in which it might be stored. */
function formsOf(secret: string): readonly string[] {
  const bytes = Buffer.from(secret);
  return [
    secret,
    bytes.toString("hex"),
    bytes.toString("base64").replace(/=+$/, ""),
    encodeURIComponent(secret),
    bytes.toString("latin1").split("").join("\0"),
  ];
}

test("a studio draws at another's endpoint over TLS, with a certificate that the user trusted and a key", async () => {
  const theirs = await open(temporaryFolder());
  const { server } = theirs.client;
  await server.change({ port: 0, isKeyRequired: true });
  const { secret } = await server.addKey({ name: "the other studio", scopes: ["inference"] });
  const { origin } = await server.start();
  const url = await tlsTerminator(origin!, await certificate({ name: "a cluster's router" }));

  const folder = temporaryFolder();
  const ours = await open(folder);
  const { endpoints, gallery } = ours.client;
  const { id } = await endpoints.add({ url, name: "the other", token: `${secret}\n` });
  expect((await endpoints.test({ id })).error?.code).toBe("ENDPOINT_CERTIFICATE");
  const [shown] = await endpoints.certificates({ url });
  await endpoints.change({ id, ca: shown!.pem });
  const check = await endpoints.test({ id });
  expect(check).toMatchObject({ state: "ready", inputs: expect.arrayContaining(["seed"]) });
  expect((await endpoints.list())[0]).toMatchObject({ profile: "full", hasToken: true });

  const done = await draw(ours.client, { target: id });
  const image = await gallery.get({ id: done.imageId! });
  expect(image).toMatchObject({
    target: id,
    record: { ...QUICK, model: "stable-diffusion", device: expect.any(String) },
  });
  expect(image.record.device).not.toBe("the other");
  const local = await draw(theirs.client, {});
  const localImage = await theirs.client.gallery.get({ id: local.imageId! });
  const [there, here] = await Promise.all([
    theirs.picture(localImage.address),
    ours.picture(image.address),
  ]);
  expect(await decodePicture(here, "here")).toEqual(await decodePicture(there, "there"));

  await endpoints.change({ id, profile: "prompt" });
  const asSeed = await draw(ours.client, { target: id });
  const told = await gallery.get({ id: asSeed.imageId! });
  expect([told.record.steps, told.record.width, told.record.height]).toEqual([undefined, 128, 128]);
  expect(told.record.seed).toMatch(/^\d+$/);

  await server.removeKey({ id: (await server.keys())[0]!.id });
  expect((await endpoints.test({ id })).error?.code).toBe("ENDPOINT_TOKEN_REFUSED");
  expect((await endpoints.list())[0]).toMatchObject({ medianOf: 2 });
  await ours.close();

  const files = readdirSync(folder, { recursive: true, withFileTypes: true });
  const names = files
    .filter((file) => file.isFile())
    .map((file) => join(file.parentPath, file.name));
  expect(names.some((name) => name.endsWith(".png"))).toBe(true);
  // Without a keyring, secrets are in this file, readable only by this user.
  const others = names.filter((name) => !name.endsWith("secrets.json"));
  const leaks = others.filter((name) => {
    const content = readFileSync(name, "latin1");
    return formsOf(secret).some((form) => content.includes(form));
  });
  expect(leaks).toEqual([]);
});

test("a request to an endpoint is interrupted when the studio ends, and the other is free at once", async () => {
  const theirs = await open(temporaryFolder());
  await theirs.client.server.change({ port: 0 });
  const { origin } = await theirs.client.server.start();
  const folder = temporaryFolder();
  const first = await open(folder);
  const { id } = await first.client.endpoints.add({ url: origin!, profile: "full" });
  const { generationIds } = await first.client.generation.enqueue({
    ...QUICK,
    steps: 1000,
    target: id,
  });
  await vi.waitFor(async () => expect((await theirs.client.server.get()).isDrawing).toBe(true), {
    timeout: 60_000,
    interval: 50,
  });
  await first.close();
  await vi.waitFor(async () => expect((await theirs.client.server.get()).isDrawing).toBe(false), {
    timeout: 10_000,
    interval: 50,
  });
  const again = await open(folder);
  const { state, order } = await again.client.generation.get({ id: generationIds[0]! });
  expect([state, order.seed]).toEqual(["interrupted", "7"]);
  await again.client.generation.prune({ ids: generationIds });
  await draw(again.client, { target: id });
});
