import { expect, onTestFinished, test } from "vitest";
import { HostProcess } from "../e2e/host-process.ts";
import { darkroom, lines } from "../fakes/command-line.ts";
import { temporaryFolder } from "../fakes/temporary-folder.ts";

test("a key made on the command line opens the server until it is removed", async () => {
  const folder = temporaryFolder();
  const run = (...args: string[]) => darkroom(["keys", ...args, "--data-dir", folder]);
  const added = await run("add", "Notebook", "--notebook-profile", "--json");
  const [{ secret, ...key } = { secret: "" }] = lines(added.out);
  expect(key).toMatchObject({ name: "Notebook", scopes: ["inference"], isSeedProfile: true });

  const host = new HostProcess(["--data-dir", folder, "--port", "0", "--endpoint-port", "0"]);
  await host.start();
  onTestFinished(() => host.stop());
  const statusWith = async (bearer: string, path: string, method = "GET"): Promise<number> => {
    const headers = { authorization: `Bearer ${bearer}` };
    return (await fetch(new URL(path, host.endpoint), { method, headers })).status;
  };
  const LOAD = "/v2/repository/models/starter/load";
  expect(await statusWith(String(secret), "/v2/models")).toBe(200);
  expect(await statusWith(String(secret), LOAD, "POST")).toBe(403);
  expect(await statusWith("dk_another", "/v2/models")).toBe(401);

  expect((await run()).out).toMatch(/^\S+ {2}Notebook {2}inference {2}(never|last) used/);
  const older = lines((await run("add", "Older", "--seed-profile", "--json")).out);
  expect(older).toMatchObject([{ name: "Older", isSeedProfile: true }]);
  expect((await run("remove", "Older")).code).toBe(0);
  const manager = await run("add", "Operator", "--management");
  expect(await statusWith(manager.out.trim(), LOAD, "POST")).toBe(200);
  expect((await run("remove", "Notebook")).code).toBe(0);
  expect(await statusWith(String(secret), "/v2/models")).toBe(401);
  const again = await run("remove", "Notebook", "--json");
  expect([again.code, again.out]).toEqual([1, expect.stringContaining('"code":"NOT_FOUND"')]);
});
