import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inspect } from "node:util";
import { expect, test, vi } from "vitest";
import type { LentVault } from "../../../engine/secrets/lent-vault.ts";
import { Secrets } from "../../../engine/secrets/secrets.ts";
import { FakeKeyring, fakeLentVault, talkativeLentVault } from "../../fakes/fake-vaults.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

const CANARY = "hf_canary7f3a";

interface Trial {
  readonly folder?: string;
  readonly lent?: LentVault;
  readonly keyring?: FakeKeyring;
  readonly environment?: Record<string, string>;
}

function open({ folder = temporaryFolder(), lent, keyring, environment = {} }: Trial) {
  return Secrets.open(folder, lent, { environment, keyring: keyring ?? new FakeKeyring("absent") });
}

const fileOf = (folder: string): string => readFileSync(join(folder, "secrets.json"), "utf8");

/** Everything that leaves the object: inspection, JSON and what the contract returns. */
async function everythingSaidBy(secrets: Secrets): Promise<string> {
  const said = [secrets, await secrets.status(), secrets.notices];
  return said
    .map((value) => inspect(value, { depth: 9, showHidden: true }) + JSON.stringify(value))
    .join("\n");
}

const works = () => new FakeKeyring("usable");
const fails = () => new FakeKeyring("absent");

test.each([
  ["the desktop's vault", fakeLentVault("safe-storage"), works(), "safe-storage"],
  ["the keyring, where the desktop has none", fakeLentVault("basic-text"), works(), "keyring"],
  ["the keyring, without a desktop", undefined, works(), "keyring"],
  ["the desktop's, if it is no better", fakeLentVault("basic-text"), fails(), "basic-text"],
  ["a file as the last resort", undefined, fails(), "file"],
])("a secret is stored in %s, says so, and survives a restart", async (_, lent, keyring, vault) => {
  const folder = temporaryFolder();
  const trial = { folder, keyring, ...(lent && { lent }) };
  const secrets = await open(trial);
  const status = { name: "hub-token", isFromEnvironment: false, vault };
  expect(await secrets.status()).toEqual([{ ...status, isSet: false }]);
  expect(await secrets.get("hub-token")).toBeUndefined();

  await secrets.set("hub-token", CANARY);
  const again = await open(trial);
  expect(await again.get("hub-token")).toBe(CANARY);
  expect(await again.status()).toEqual([{ ...status, isSet: true }]);
  expect(fileOf(folder).includes(CANARY)).toBe(vault === "file");
  expect(statSync(join(folder, "secrets.json")).mode & 0o777).toBe(0o600);
  expect(await everythingSaidBy(again)).not.toContain(CANARY);

  await again.remove("hub-token");
  expect(await (await open(trial)).get("hub-token")).toBeUndefined();
  expect(JSON.parse(fileOf(folder))).toEqual({});
  expect(keyring.entries.size).toBe(0);
});

test("the environment takes precedence, and what is stored stays stored", async () => {
  const folder = temporaryFolder();
  await (await open({ folder })).set("hub-token", "hf_kept");
  const secrets = await open({ folder, environment: { HF_TOKEN: ` ${CANARY}\n` } });
  expect(await secrets.get("hub-token")).toBe(CANARY);
  expect(await secrets.status()).toEqual([
    { name: "hub-token", isSet: true, isFromEnvironment: true, vault: "file" },
  ]);
  expect(await (await open({ folder })).get("hub-token")).toBe("hf_kept");
  expect(await (await open({ folder, environment: { HF_TOKEN: " " } })).get("hub-token")).toBe(
    "hf_kept",
  );
  expect(fileOf(folder)).not.toContain(CANARY);
});

test("the keyring is not used until it is needed, and probed once", async () => {
  const keyring = new FakeKeyring();
  const secrets = await open({ keyring });
  await secrets.get("hub-token");
  expect(keyring.probes).toBe(0);
  await Promise.all([secrets.status(), secrets.set("hub-token", CANARY), secrets.status()]);
  expect(keyring.probes).toBe(1);
});

test("a keyring that is not unlocked is refused, reported meanwhile, and never replaced by a file", async () => {
  const folder = temporaryFolder();
  const unlocking = Promise.withResolvers<"locked">();
  const keyring = new FakeKeyring(unlocking.promise);
  const told: number[] = [];
  const secrets = await Secrets.open(folder, undefined, {
    environment: {},
    keyring,
    slowMs: 5,
    onWaiting: () => told.push(secrets.notices.length),
  });
  const setting = secrets.set("hub-token", CANARY).catch((error: unknown) => error);
  expect(await secrets.status()).toMatchObject([{ isSet: false, vault: "keyring" }]);
  await vi.waitFor(() => expect(told).toEqual([1]), 20_000);
  expect(secrets.notices).toEqual([expect.stringContaining("unlock it")]);
  unlocking.resolve("locked");
  expect(await setting).toMatchObject({ code: "SECRET_UNAVAILABLE" });
  expect([told, secrets.notices]).toEqual([[1, 0], []]);
  expect(existsSync(join(folder, "secrets.json"))).toBe(false);

  keyring.state = "usable";
  await secrets.set("hub-token", CANARY);
  expect([await secrets.get("hub-token"), keyring.entries.size]).toEqual([CANARY, 1]);
  expect(fileOf(folder)).not.toContain(CANARY);
});

test("a secret that the desktop sealed is refused without it, and can be removed", async () => {
  const folder = temporaryFolder();
  await (await open({ folder, lent: fakeLentVault() })).set("hub-token", CANARY);
  const headless = await open({ folder });
  await expect(headless.get("hub-token")).rejects.toMatchObject({
    code: "SECRET_UNAVAILABLE",
    message: expect.stringContaining("it opens in Darkroom's own window only"),
  });
  await headless.remove("hub-token");
  expect(await headless.get("hub-token")).toBeUndefined();
});

test("a secret that moves to a better vault leaves nothing in the old one", async () => {
  const folder = temporaryFolder();
  const keyring = new FakeKeyring();
  await (await open({ folder, keyring })).set("hub-token", "hf_old");
  await (await open({ folder, keyring, lent: fakeLentVault() })).set("hub-token", CANARY);
  expect([...keyring.entries]).toEqual([]);
  expect(JSON.parse(fileOf(folder))).toMatchObject({ "hub-token": { vault: "safe-storage" } });
});

test("a vault's refusal does not repeat the secret, anywhere in it", async () => {
  const secrets = await open({ lent: talkativeLentVault() });
  const refusal = await secrets.set("hub-token", CANARY).catch((error: unknown) => error);
  expect(refusal).toMatchObject({ code: "SECRET_UNAVAILABLE" });
  expect(inspect(refusal, { depth: 9, showHidden: true })).not.toContain(CANARY);
  expect(await secrets.get("hub-token")).toBeUndefined();
});

test("a damaged file is set aside without revealing its content", async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "secrets.json"), `{"hub-token":{"vault":"file","sealed":"${CANARY}"`);
  const secrets = await open({ folder });
  expect(await secrets.get("hub-token")).toBeUndefined();
  expect(secrets.notices).toEqual([expect.stringContaining("secrets.damaged.json")]);
  expect(await everythingSaidBy(secrets)).not.toContain(CANARY);
});

test("secrets of a later version stay where they are", async () => {
  const folder = temporaryFolder();
  const later = { "bucket-key": { vault: "file", sealed: "k" } };
  writeFileSync(join(folder, "secrets.json"), JSON.stringify(later));
  await (await open({ folder })).set("hub-token", CANARY);
  expect(JSON.parse(fileOf(folder))).toMatchObject(later);
});

test("a secret in an unknown vault is kept and counted, and affects no other", async () => {
  const folder = temporaryFolder();
  const path = join(folder, "secrets.json");
  const later = { "hub-token": { vault: "chip", sealed: CANARY, slot: 3 } };
  const known = { "endpoint-token:e1": { vault: "file", sealed: "t" } };
  writeFileSync(path, JSON.stringify({ ...later, ...known }));
  const secrets = await open({ folder });
  expect(await secrets.get("endpoint-token:e1")).toBe("t");
  expect(await secrets.get("hub-token")).toBeUndefined();
  expect(secrets.notices).toEqual([expect.stringMatching(/^1 of the secrets in secrets\.json/)]);
  expect(await everythingSaidBy(secrets)).not.toContain("slot");
  await secrets.set("endpoint-token:e2", "u");
  expect(JSON.parse(fileOf(folder))).toMatchObject({ ...later, ...known });
});

test("a copied file with wide permissions is narrowed at start", async () => {
  const folder = temporaryFolder();
  const path = join(folder, "secrets.json");
  writeFileSync(path, "{}");
  chmodSync(path, 0o644);
  await open({ folder });
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test("an endpoint's secrets are kept in the same vaults, and the contract does not return them", async () => {
  const folder = temporaryFolder();
  const trial = { folder, lent: fakeLentVault("safe-storage") };
  const secrets = await open(trial);
  const before = await secrets.status();
  await secrets.set("endpoint-token:e1", CANARY);
  await secrets.set("endpoint-headers:e1", "x".repeat(20_000));
  const again = await open(trial);
  expect(await again.get("endpoint-token:e1")).toBe(CANARY);
  expect(await again.get("endpoint-token:e2")).toBeUndefined();
  expect(await again.status()).toEqual(before);
  expect(fileOf(folder)).not.toContain(CANARY);
  await again.remove("endpoint-token:e1");
  await again.remove("endpoint-headers:e1");
  expect(JSON.parse(fileOf(folder))).toEqual({});
});
