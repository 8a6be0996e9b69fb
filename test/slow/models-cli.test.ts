import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { HostProcess } from "../e2e/host-process.ts";
import { darkroom, lines } from "../fakes/command-line.ts";
import { studioAt, tokenFor } from "../fakes/enter-studio.ts";
import { localHub } from "../fakes/local-hub.ts";
import { temporaryFolder } from "../fakes/temporary-folder.ts";

const SNAPSHOT = "test/golden/tiny-sd1-eps/snapshot";
const REPOSITORY = "darkroom/tiny";

async function hub() {
  const opened = await localHub({ repositories: { [REPOSITORY]: SNAPSHOT } });
  onTestFinished(() => opened[Symbol.asyncDispose]());
  return opened;
}

test("a folder is copied into the store, inspected, verified and removed", async () => {
  const data = ["--json", "--data-dir", temporaryFolder()];
  const imported = await darkroom(["models", "import", SNAPSHOT, ...data]);
  const told = lines(imported.out);
  const id = String(told.at(-1)!["modelId"]);
  expect([imported.code, told.at(-1)]).toEqual([
    0,
    expect.objectContaining({ type: "transfer", kind: "import", state: "done" }),
  ]);
  const list = lines((await darkroom(["models", "list", ...data])).out);
  expect(list.map((model) => model["id"])).toEqual(["starter", id]);
  const inFront = lines((await darkroom(["models", ...data])).out);
  const before = lines((await darkroom(["models", ...data, "list"])).out);
  expect([inFront, before]).toEqual([list, list]);
  const verified = lines((await darkroom(["models", "verify", id, ...data])).out);
  expect(verified.at(-1)).toMatchObject({ kind: "verify", state: "done" });
  expect((await darkroom(["models", "remove", id, ...data])).code).toBe(0);
  const left = lines((await darkroom(["models", "list", ...data])).out);
  expect(left.map((model) => model["id"])).toEqual(["starter"]);
});

test("a repository of the hub is downloaded, with its progress", async () => {
  const { url, asked } = await hub();
  const data = ["--json", "--data-dir", temporaryFolder()];
  const env = { HF_ENDPOINT: url, HF_TOKEN: "hf_alice\n" };
  const fetched = await darkroom(["models", "download", REPOSITORY, ...data], { env });
  const told = lines(fetched.out);
  expect([fetched.code, told.at(-1)]).toEqual([
    0,
    expect.objectContaining({ type: "transfer", kind: "download", state: "done" }),
  ]);
  const list = lines((await darkroom(["models", "list", ...data])).out);
  expect(list.at(-1)).toMatchObject({ provenance: { kind: "hub", name: REPOSITORY } });
  // Surrounding spaces are not part of a token.
  const tokens = asked.flatMap(({ origin, headers }) =>
    origin === "hub" ? [headers.authorization] : [],
  );
  expect(new Set(tokens)).toEqual(new Set(["Bearer hf_alice"]));
});

test("a missing repository fails with the hub's message", async () => {
  const { url } = await hub();
  const data = ["--json", "--data-dir", temporaryFolder()];
  const env = { HF_ENDPOINT: url };
  const { code, out } = await darkroom(["models", "download", "darkroom/none", ...data], { env });
  expect([code, lines(out).at(-1)]).toEqual([
    1,
    { type: "error", code: "HUB_NOT_FOUND", message: expect.stringContaining("darkroom/none") },
  ]);
});

test("a folder without a valid model does not hide the others", async () => {
  const { code, out } = await darkroom(["models", "no/such/folder", SNAPSHOT, "--json"]);
  const found = lines(out).map(({ folder, problem }) => [folder, problem]);
  expect({ code, found }).toMatchObject({
    code: 1,
    found: [
      [expect.stringContaining("starter"), undefined],
      ["no/such/folder", { code: "SNAPSHOT_NOT_FOUND" }],
      [expect.stringContaining(SNAPSHOT), undefined],
    ],
  });
});

test.each([
  [{ HF_ENDPOINT: "mirror.example" }, "HUB_ADDRESS_INVALID"],
  [{ HTTPS_PROXY: "socks5h://alice:secret@proxy" }, "PROXY_INVALID"],
])("with %j everything works except requests to the hub, which name it", async (env, error) => {
  const data = ["--json", "--data-dir", temporaryFolder()];
  const list = await darkroom(["models", "list", ...data], { env });
  expect([list.code, lines(list.out)[0]?.["id"]]).toEqual([0, "starter"]);
  const { code, out } = await darkroom(["models", "download", REPOSITORY, ...data], { env });
  expect([code, lines(out).at(-1)?.["code"]]).toEqual([1, error]);
  expect(out).not.toContain("secret");
});

test.each([
  [["import", "no/such/folder"], "SNAPSHOT_NOT_FOUND"],
  [["import", "engine"], "SNAPSHOT_INCOMPLETE"],
  [["download", "no-such-model"], "NOT_FOUND"],
  [["verify", "none"], "NOT_FOUND"],
  [["remove", "none"], "NOT_FOUND"],
])("models %j is refused as %s", async (args, error) => {
  const { code, out } = await darkroom([
    "models",
    ...args,
    "--json",
    "--data-dir",
    temporaryFolder(),
  ]);
  expect([code, lines(out).at(-1)]).toMatchObject([1, { type: "error", code: error }]);
});

test("a host draws with the model it is given, which is copied once", async () => {
  const folder = temporaryFolder();
  for (let start = 0; start < 2; start++) {
    const running = new HostProcess(["--port", "0", "--data-dir", folder, "--model", SNAPSHOT]);
    onTestFinished(() => running.stop("SIGKILL"));
    await running.start();
    const studio = studioAt(running.origin, await tokenFor(running.url));
    const models = await studio.models.list();
    const { model } = await studio.settings.get();
    expect([models.length, model]).toEqual([2, models[1]!.id]);
    await running.end("SIGTERM");
  }
});

test("a host is not started with an invalid model", async () => {
  const folder = temporaryFolder();
  const args = [
    "serve",
    "--json",
    "--port",
    "0",
    "--no-endpoint",
    "--data-dir",
    folder,
    "--model",
    "engine",
  ];
  const { code, out } = await darkroom(args);
  expect([code, lines(out)]).toMatchObject([1, [{ type: "error", code: "SNAPSHOT_INCOMPLETE" }]]);
});

const ENDPOINT = ["--endpoint-port", "18080"];

test("npm start without a display prints an address, on another port if its own is in use", async () => {
  const folders = [temporaryFolder(), temporaryFolder()];
  const env = { DISPLAY: "", WAYLAND_DISPLAY: "" };
  const addresses: string[] = [];
  const endpoints: string[] = [];
  const run = (folder: string | undefined): Promise<unknown> =>
    darkroom(["start", "--json", "--port", "17860", ...ENDPOINT, "--data-dir", folder ?? ""], {
      env,
      onOutput: (text, pid) => {
        addresses.push(String(lines(text)[0]!["url"]));
        endpoints.push(String(lines(text)[0]!["endpoint"]));
        if (addresses.length === 2) stop.resolve(pid);
        else pids.push(pid);
      },
    });
  const pids: number[] = [];
  const stop = Promise.withResolvers<number>();
  const first = run(folders[0]);
  while (addresses.length === 0) await new Promise((resolve) => setTimeout(resolve, 100));
  const second = run(folders[1]);
  process.kill(await stop.promise, "SIGTERM");
  expect(await second).toMatchObject({ code: 0, err: expect.stringContaining("no display") });
  const again = await darkroom(["start", "--data-dir", folders[0]!], { env });
  expect([again.code, again.out, again.err]).toEqual([
    0,
    expect.stringMatching(/^http:\/\/127\.0\.0\.1:17860\/#code=/),
    expect.stringContaining(`process ${pids[0]}`),
  ]);
  process.kill(pids[0]!, "SIGTERM");
  expect(await first).toMatchObject({ code: 0 });
  expect(addresses.map((url) => new URL(url).port)).toEqual(["17860", "17861"]);
  expect(endpoints.map((url) => new URL(url).port)).toEqual(["18080", "18081"]);
  expect(existsSync("dist/renderer/index.html")).toBe(true);
  expect(readFileSync("dist/renderer/index.html", "utf8")).toContain("<html");
  expect(existsSync(join(folders[0]!, "owner.json"))).toBe(false);
});
