import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openServer } from "../../fakes/open-server.ts";
import { smallStudio } from "../../fakes/small-studio.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

test("a file is streamed with its type, for this origin only and to be cached", async () => {
  const path = join(temporaryFolder(), "fish.png");
  const content = Buffer.alloc(300_000, 7);
  writeFileSync(path, content);
  const { origin, keys } = await openServer({}, smallStudio({ a1: path }));
  const reply = await fetch(origin + keys.addresses.of("image", "a1"));
  expect(Buffer.from(await reply.arrayBuffer()).equals(content)).toBe(true);
  expect(Object.fromEntries(reply.headers)).toMatchObject({
    "content-type": "image/png",
    "content-length": "300000",
    "content-disposition": "inline",
    "cache-control": expect.stringMatching(/^private, max-age=[3-7]\d{3}, immutable$/),
    "cross-origin-resource-policy": "same-origin",
    "x-content-type-options": "nosniff",
  });
});

test("what is in memory is sent as well", async () => {
  const { origin, keys } = await openServer();
  const reply = await fetch(origin + keys.addresses.of("preview", "p-7"));
  expect([reply.headers.get("content-type"), await reply.text()]).toEqual([
    "image/webp",
    "picture p-7",
  ]);
});

test("a missing file is named and not cached by browsers, and its path not revealed", async () => {
  const folder = temporaryFolder();
  const { origin, keys } = await openServer({}, smallStudio({ a1: join(folder, "fish.png") }));
  const reply = await fetch(origin + keys.addresses.of("image", "a1"));
  const body = await reply.text();
  expect([reply.status, JSON.parse(body)]).toMatchObject([
    410,
    { code: "PICTURE_MISSING", details: { file: "fish.png" } },
  ]);
  expect([body.includes(folder), reply.headers.get("cache-control")]).toEqual([false, "no-store"]);
});

test("a folder in a picture's place is not a picture", async () => {
  const { origin, keys } = await openServer({}, smallStudio({ a1: temporaryFolder() }));
  expect((await fetch(origin + keys.addresses.of("image", "a1"))).status).toBe(410);
});

test.each([
  ["fish.png", `attachment; filename="fish.png"; filename*=UTF-8''fish.png`],
  ["ein Fisch.png", `attachment; filename="ein_Fisch.png"; filename*=UTF-8''ein%20Fisch.png`],
  ["魚.png", `attachment; filename="_.png"; filename*=UTF-8''%E9%AD%9A.png`],
  [
    `a"b\r\nx: y.png`,
    `attachment; filename="a_b__x__y.png"; filename*=UTF-8''a%22b%0D%0Ax%3A%20y.png`,
  ],
  ["it's(1)*.png", `attachment; filename="it_s_1__.png"; filename*=UTF-8''it%27s%281%29%2A.png`],
])("it is saved as %j", async (name, disposition) => {
  const { origin, keys } = await openServer();
  const address = `${keys.addresses.of("preview", "p")}&download=${encodeURIComponent(name)}`;
  expect((await fetch(origin + address)).headers.get("content-disposition")).toBe(disposition);
});
