import { writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { inspect } from "node:util";
import { expect, onTestFinished, test, vi } from "vitest";
import { KeyringVault } from "../../../engine/secrets/keyring-vault.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

/** A vault whose process runs this program instead of the one that asks the real keyring. */
function vaultOver(program: string, patienceMs = 10_000): KeyringVault {
  const path = join(temporaryFolder(), "keyring.mjs");
  writeFileSync(path, program);
  return new KeyringVault("/data", { program: path, patienceMs });
}

const answering = (reply: string): string =>
  `process.once("message", (request) => process.send(${reply}, () => process.exit()));`;

const refused = (reason: string) => ({
  code: "SECRET_UNAVAILABLE",
  details: { vault: "system's keyring", reason },
});

test("passes a secret over the pipe, under a name for this data folder", async () => {
  const echo = vaultOver(
    answering(`{ secret: JSON.stringify({ request, argv: process.argv.slice(2) }) }`),
  );
  expect(JSON.parse((await echo.unseal("hub-token")) ?? "")).toEqual({
    request: { operation: "get", account: "hub-token of /data" },
    argv: [],
  });
  expect(await vaultOver(answering("{ secret: null }")).seal("hub-token", "hf_x")).toBe("");
  expect(await vaultOver(answering("{ secret: null }")).unseal("hub-token")).toBeUndefined();
});

test("the keyring's process gets none of our tokens in its environment", async () => {
  vi.stubEnv("HF_TOKEN", "hf_canary7f3a");
  onTestFinished(() => void vi.unstubAllEnvs());
  const echo = vaultOver(answering("{ secret: JSON.stringify(process.env) }"));
  expect(await echo.unseal("hub-token")).not.toContain("hf_canary7f3a");
});

test.each([
  [
    "is killed",
    'process.once("message", () => process.kill(process.pid, "SIGSEGV"));',
    "the process that asked it ended: SIGSEGV",
  ],
  ["does not start", "syntax error", "the process that asked it ended: exit code 1"],
  ["talks nonsense", answering("[1]"), "it gave no sense"],
  ["refuses", answering('{ failure: "no such bus\\nat line 3" }'), "no such bus"],
])("a keyring that %s is unusable, and refuses with a message", async (_, program, reason) => {
  const vault = vaultOver(program);
  expect(await vault.probe()).toBe("absent");
  await expect(vault.unseal("hub-token")).rejects.toMatchObject(refused(reason));
});

test("a keyring whose process cannot be started is unusable, and ends nothing", async () => {
  const { execPath } = process;
  process.execPath = "/nonexistent/node";
  onTestFinished(() => void (process.execPath = execPath));
  expect(await vaultOver("").probe()).toBe("absent");
});

test("a keyring that hangs is given up", async () => {
  const vault = vaultOver("setInterval(() => {}, 1000);", 300);
  expect(await vault.probe()).toBe("locked");
  await expect(vault.unseal("hub-token")).rejects.toMatchObject(
    refused("it did not answer within 0.3 s"),
  );
});

test.each(["it is locked", "Prompt was dismissed"])("one that says %j is usable", async (words) => {
  const vault = vaultOver(answering(`{ failure: "${words}" }`));
  await expect(vault.unseal("hub-token")).rejects.toMatchObject(refused(words));
  expect(await vault.probe()).toBe("locked");
});

test("closing the studio does not wait for a keyring", async () => {
  const vault = vaultOver("setInterval(() => {}, 1000);", 60_000);
  const asked = vault.unseal("hub-token");
  vault.close();
  await expect(asked).rejects.toMatchObject(refused("the studio is closing"));
  await expect(vault.unseal("hub-token")).rejects.toMatchObject({ code: "SECRET_UNAVAILABLE" });
});

test("a refusal does not repeat the secret", async () => {
  const vault = vaultOver(answering('{ failure: "cannot keep " + request.secret }'));
  const refusal = await vault.seal("hub-token", "hf_canary7f3a").catch((error: unknown) => error);
  expect(refusal).toMatchObject(refused("cannot keep …"));
  expect(inspect(refusal, { depth: 9, showHidden: true })).not.toContain("canary");
});

test.runIf(process.platform === "linux")("without a session bus there is no keyring", async () => {
  vi.stubEnv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus");
  onTestFinished(() => void vi.unstubAllEnvs());
  expect(await new KeyringVault("/data").probe()).toBe("absent");
  await expect(new KeyringVault("/data").unseal("hub-token")).rejects.toMatchObject({
    code: "SECRET_UNAVAILABLE",
  });
});

test.runIf(process.platform === "linux")(
  "a session bus that never answers is given up",
  async () => {
    const path = join(temporaryFolder(), "bus");
    const bus = createServer(() => {});
    await new Promise<void>((resolve) => bus.listen(path, resolve));
    onTestFinished(() => void bus.close());
    vi.stubEnv("DBUS_SESSION_BUS_ADDRESS", `unix:path=${path}`);
    onTestFinished(() => void vi.unstubAllEnvs());
    expect(await new KeyringVault("/data", { patienceMs: 1_000 }).probe()).toBe("locked");
  },
);
