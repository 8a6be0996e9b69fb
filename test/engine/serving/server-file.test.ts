import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ServerFile } from "../../../engine/serving/server-file.ts";
import { refusal } from "../../fakes/refusal.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

const NOTEBOOK = {
  name: "a notebook",
  scopes: ["inference" as const],
  keepsPictures: true,
  isSeedProfile: true,
};

function clock(): { now: () => Date; forward(ms: number): void } {
  let timeMs = Date.parse("2026-11-01T00:00:00Z");
  return { now: () => new Date(timeMs), forward: (ms) => void (timeMs += ms) };
}

test("settings start with their defaults and survive a restart", async () => {
  const folder = temporaryFolder();
  const file = await ServerFile.open(folder);
  expect(file.settings()).toMatchObject({ isOn: true, host: "127.0.0.1", port: 8080 });
  await file.change({ port: 0, origins: ["https://pages.example"] });
  await file.change({ queueLength: 3 });
  const settings = (await ServerFile.open(folder)).settings();
  expect(settings).toMatchObject({ port: 0, origins: ["https://pages.example"], queueLength: 3 });
});

test("a key is recognised by its secret only, also after a restart, and its file contains no secret", async () => {
  const folder = temporaryFolder();
  const file = await ServerFile.open(folder);
  const { key, secret } = await file.addKey(NOTEBOOK);
  const caller = {
    id: key.id,
    keyName: "a notebook",
    scopes: new Set(["inference"]),
    isSeedProfile: true,
    keepsPictures: true,
  };
  expect(file.callerOf(secret)).toEqual(caller);
  expect((await ServerFile.open(folder)).callerOf(secret)).toEqual(caller);
  for (const other of ["", secret.slice(0, -1), `${secret}x`, secret.toLowerCase(), key.id]) {
    expect(file.callerOf(other)).toBe(undefined);
  }
  const text = readFileSync(join(folder, "server.json"), "utf8");
  const bytes = Buffer.from(secret);
  for (const form of [secret, secret.slice(3), bytes.toString("base64"), bytes.toString("hex")]) {
    expect(text).not.toContain(form);
  }
  expect(JSON.stringify(file.keys())).not.toContain("sha256");
});

test.skipIf(process.platform === "win32")("only this user can read its file", async () => {
  const folder = temporaryFolder();
  await (await ServerFile.open(folder)).addKey(NOTEBOOK);
  expect(statSync(join(folder, "server.json")).mode & 0o777).toBe(0o600);
});

test("a removed key is invalid, and a missing one is refused", async () => {
  const file = await ServerFile.open(temporaryFolder());
  const [one, other] = [await file.addKey(NOTEBOOK), await file.addKey(NOTEBOOK)];
  await file.removeKey(one.key.id);
  expect([file.callerOf(one.secret), file.callerOf(other.secret)?.id]).toEqual([
    undefined,
    other.key.id,
  ]);
  await expect(file.removeKey(one.key.id)).rejects.toThrow(refusal("NOT_FOUND"));
  expect(file.hasKeys).toBe(true);
  await file.removeKey(other.key.id);
  expect(file.hasKeys).toBe(false);
});

test("a key's last use is reported at once, and written now and then", async () => {
  const folder = temporaryFolder();
  const time = clock();
  const file = await ServerFile.open(folder, { now: time.now });
  const { secret } = await file.addKey(NOTEBOOK);
  const kept = (): string => readFileSync(join(folder, "server.json"), "utf8");
  const before = kept();
  time.forward(1000);
  for (let i = 0; i < 100; i++) file.callerOf(secret);
  expect(file.keys()).toMatchObject([{ lastUsedAt: "2026-11-01T00:00:01.000Z" }]);
  expect(kept()).toBe(before);
  await file.close();
  expect((await ServerFile.open(folder)).keys()).toMatchObject([
    { lastUsedAt: "2026-11-01T00:00:01.000Z" },
  ]);
});

test("a key of one run opens everything, and is not written", async () => {
  const folder = temporaryFolder();
  const secret = "a".repeat(43);
  const file = await ServerFile.open(folder, { lent: [{ name: "--key-file", secret }] });
  expect(file.callerOf(secret)).toMatchObject({
    keyName: "--key-file",
    scopes: new Set(["inference", "management"]),
  });
  expect([file.hasKeys, file.keys()]).toEqual([true, []]);
  await file.change({ port: 0 });
  expect(readFileSync(join(folder, "server.json"), "utf8")).not.toContain("key-file");
});

test.each([
  ["half of it", '{"settings":{"port":80'],
  ["settings alone", '{"settings":{}}'],
  ["a list", "[]"],
])("a file of %s is set aside, and clients whom its keys refused stay refused", async (_, text) => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "server.json"), text);
  const file = await ServerFile.open(folder);
  expect(file.settings()).toMatchObject({ host: "127.0.0.1", isKeyRequired: true });
  expect(file.notices).toEqual([
    expect.stringContaining("server.damaged.json"),
    "The inference server's keys were lost, and every request now needs one: create a new key.",
  ]);
  expect(readdirSync(folder)).toContainEqual("server.damaged.json");
  const again = await ServerFile.open(folder);
  expect([again.settings().isKeyRequired, again.notices]).toEqual([true, []]);
});

test("a key that cannot be read is kept, still makes keys required, and affects no other key", async () => {
  const folder = temporaryFolder();
  const path = join(folder, "server.json");
  const first = await ServerFile.open(folder);
  const { secret, key } = await first.addKey(NOTEBOOK);
  const written = JSON.parse(readFileSync(path, "utf8")) as { keys: object[] };
  const later = { id: "2", name: "a later one", scopes: ["training"], signature: "x" };
  writeFileSync(path, JSON.stringify({ ...written, keys: [later, ...written.keys] }));
  const file = await ServerFile.open(folder);
  expect([file.callerOf(secret)?.id, file.settings().isKeyRequired]).toEqual([key.id, true]);
  expect(file.notices).toEqual([
    expect.stringMatching(/^One entry of server\.json cannot be read/),
    expect.stringContaining("asks for a key"),
  ]);
  await file.change({ isKeyRequired: false });
  const again = await ServerFile.open(folder);
  expect([again.settings().isKeyRequired, again.notices.length]).toEqual([false, 1]);
  expect((JSON.parse(readFileSync(path, "utf8")) as typeof written).keys).toContainEqual(later);
});

test("a setting that cannot be read has its default, and all others stay", async () => {
  const folder = temporaryFolder();
  const path = join(folder, "server.json");
  const settings = { port: -1, queueLength: 3, ofALaterVersion: true };
  writeFileSync(path, JSON.stringify({ settings, keys: [] }));
  const file = await ServerFile.open(folder);
  expect(file.settings()).toMatchObject({ port: 8080, queueLength: 3, isKeyRequired: true });
  expect(file.notices).toHaveLength(1);
  await file.change({ port: 9090 });
  expect(JSON.parse(readFileSync(path, "utf8"))).toMatchObject({
    settings: { port: 9090, ofALaterVersion: true },
    unreadSettings: settings,
  });
  expect((await ServerFile.open(folder)).notices).toEqual([]);
});
