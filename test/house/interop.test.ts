import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { PEERS, pinnedVersion } from "../interop/peers.ts";
import { triedClients } from "../interop/tried-clients.ts";
import { runCommand } from "../fakes/run-command.ts";
import { temporaryFolder } from "../fakes/temporary-folder.ts";

test("every peer has a test, and every test its peer", () => {
  const tests = readdirSync("test/interop").filter((name) => name.endsWith(".test.ts"));
  const expected = PEERS.map(({ name }) => `${name}.test.ts`);
  expect(tests.toSorted()).toEqual(expected.toSorted());
});

test("the table of clients names every client with its pinned version", () => {
  const clients = PEERS.filter(({ isClient }) => isClient === true);
  const pinned = clients.map((peer) => [peer.name, pinnedVersion(peer)] as const);
  const told = [...triedClients()].map(([name, { version }]) => [name, version] as const);
  expect(new Map(told)).toEqual(new Map(pinned));
});

test("packages of peers are pinned", () => {
  const loose = PEERS.flatMap(({ pip = [] }) => pip).filter((spec) => !/==[\d.]+$/.test(spec));
  const moving = PEERS.filter(({ go }) => go !== undefined && !/^v\d+\.\d/.test(go.version));
  const packages = PEERS.flatMap(({ npm = [] }) => npm).filter((spec) => !/@\d[\d.]+$/.test(spec));
  expect([loose, moving, packages]).toEqual([[], [], []]);
  expect(PEERS.filter(({ pip, go }) => pip !== undefined && go !== undefined)).toEqual([]);
});

test("if nothing can be installed every peer is skipped by name, and nothing has failed", async () => {
  const env = { PATH: temporaryFolder(), DARKROOM_INTEROP_CACHE: temporaryFolder() };
  const ran = await runCommand(process.execPath, ["test/interop/run.ts"], { cwd: ".", env });
  expect([ran.code, ran.stderr]).toEqual([0, ""]);
  for (const { name, go, npm, isSlow } of PEERS) {
    const program = go === undefined ? npm && "npm" : "go";
    const missing =
      program === undefined ? "no Python 3.10 or newer" : `${program} is not on the PATH`;
    const reason = isSlow === true ? "only with --all" : missing;
    expect(ran.stdout).toMatch(new RegExp(`^${name} skipped: .*${reason}`, "m"));
  }
});

test("an unknown peer is refused with a list of the known ones", async () => {
  const args = ["test/interop/run.ts", "nobody"];
  const { code, stderr } = await runCommand(process.execPath, args, { cwd: "." });
  expect(code).toBe(2);
  expect(stderr).toContain("There is no peer nobody. Choose from: ");
});
