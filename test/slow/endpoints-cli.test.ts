import { readFileSync, writeFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { decodePicture } from "../../engine/codecs/picture-codec.ts";
import { readOwnRecord } from "../../engine/image/generation-text.ts";
import { readPngTexts } from "../../engine/image/png/read-png-texts.ts";
import { HostProcess } from "../e2e/host-process.ts";
import { darkroom, lines, type Outcome } from "../fakes/command-line.ts";
import { routerEdge } from "../fakes/cold-edge.ts";
import { EDGE, notebookService, PIXELS } from "../fakes/notebook-service.ts";
import { choosyEdge } from "../fakes/choosy-endpoint.ts";
import { standInEndpoint } from "../fakes/stand-in-endpoint.ts";
import { temporaryFolder } from "../fakes/temporary-folder.ts";

const CANARY = "canary-7f3a9c51d0ab";

/** The command line on one data folder, without a keyring. */
function on(folder: string) {
  const env = { DBUS_SESSION_BUS_ADDRESS: "unix:path=/nowhere" };
  return (args: readonly string[], input?: string): Promise<Outcome> =>
    darkroom([...args, "--data-dir", folder], { env, ...(input !== undefined && { input }) });
}

test("an endpoint is added with the notebook's token.cfg, tested, used and removed, without a running studio", async () => {
  const folder = temporaryFolder();
  const run = on(folder);
  const edge = await standInEndpoint(notebookService());
  const tokenFile = join(temporaryFolder(), "token.cfg");
  writeFileSync(tokenFile, `${CANARY}\n`);
  const headerFile = join(temporaryFolder(), "headers");
  writeFileSync(headerFile, `X-API-Key: ${CANARY}-header\n\n`);
  const files = ["--token-file", tokenFile, "--header-file", headerFile];
  const added = await run(["endpoints", "add", edge.url, "--name", "edge", ...files, "--json"]);
  const [endpoint] = lines(added.out);
  expect(endpoint).toMatchObject({ name: "edge", hasToken: true, headers: ["X-API-Key"] });
  const looked = await run(["endpoints", "test", "edge"]);
  expect([looked.code, looked.out]).toEqual([
    0,
    expect.stringMatching(
      /^OK {6}Address: [^]*\nOK {6}Metadata \(\d+ ms\): Server: kserve 0\.13\.0; models: stable-diffusion;/,
    ),
  ]);

  const out = join(temporaryFolder(), "dog.png");
  const quality = ["--steps", "9", "--preset", "fast", "--guidance-interval", "0", "0.8"];
  const asked = await run(["endpoints", "query", "edge", "a dog", ...quality, "--out", out]);
  expect([asked.code, asked.out, asked.err]).toEqual([
    0,
    `${out}\n`,
    expect.stringContaining(
      "edge does not accept these settings, so it was not sent --steps, --preset, --guidance-interval.",
    ),
  ]);
  const png = readFileSync(out);
  expect((await decodePicture(png, "it")).data).toEqual(Uint8Array.from(PIXELS.flat(2)));
  expect(readOwnRecord(readPngTexts(png))).toEqual({
    prompt: "a dog",
    negativePrompt: "",
    width: 3,
    height: 2,
    model: "stable-diffusion",
    device: "edge",
    createdAt: expect.any(String),
    software: "Darkroom",
    version: "0.1.0",
  });
  const list = await run(["endpoints", "--json"]);
  expect(lines(list.out)).toMatchObject([{ name: "edge", medianOf: 1, hasToken: true }]);

  const again = await run(["endpoints", "query", "edge", "a cat", "--json", "--out", folder]);
  expect(lines(again.out).at(-1)).toMatchObject({ type: "image", width: 3, device: "edge" });
  expect(edge.seen.every(({ headers }) => headers["authorization"] === `Bearer ${CANARY}`)).toBe(
    true,
  );

  // A command before the pipe that fails writes nothing.
  const nothing = await run(["endpoints", "token", "edge"], "\n");
  expect([nothing.code, nothing.err]).toEqual([2, expect.stringContaining("--forget removes it")]);
  const still = await run(["endpoints", "--json"]);
  expect(lines(still.out)).toMatchObject([{ hasToken: true }]);
  const clear = await run(["endpoints", "token", "edge", "--forget"]);
  expect([clear.code, clear.err]).toEqual([0, ""]);
  await run(["endpoints", "remove", "edge"]);
  const gone = await run(["endpoints", "test", "edge", "--json"]);
  expect([gone.code, lines(gone.out)]).toEqual([
    1,
    [expect.objectContaining({ code: "NOT_FOUND" })],
  ]);

  const said = [added, looked, asked, list, again, nothing, still, clear, gone].map(
    ({ out, err }) => out + err,
  );
  expect(said.join()).not.toContain(CANARY);
  for (const name of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!name.isFile()) continue;
    expect(readFileSync(join(name.parentPath, name.name), "latin1")).not.toContain(CANARY);
  }
});

test("a token's file that is empty, or has several, is reported, and so is where a token is stored", async () => {
  const folder = temporaryFolder();
  const run = on(folder);
  const file = join(temporaryFolder(), "token.cfg");
  const add = (text: string): Promise<Outcome> => {
    writeFileSync(file, text);
    return run([
      "endpoints",
      "add",
      "https://edge.example",
      "--name",
      "edge",
      "--token-file",
      file,
    ]);
  };
  const two = await add(`${CANARY}\n${CANARY}\n`);
  expect([two.code, two.err]).toEqual([2, expect.stringContaining("a token is one line")]);
  expect(two.err).not.toContain(CANARY);
  const empty = await add("\n");
  expect([empty.code, empty.err]).toEqual([0, "It was empty: there is no token now.\n"]);
  const kept = /^The token is kept unencrypted, .*secrets\.json.*: there is no keyring to use\.\n$/;
  const given = await run(["endpoints", "token", "edge"], CANARY);
  expect([given.code, given.err]).toEqual([0, expect.stringMatching(kept)]);
  await run(["endpoints", "remove", "edge"]);
  const added = await add(`${CANARY}\n`);
  expect([added.code, added.err]).toEqual([0, expect.stringMatching(kept)]);
  const lost = await run(["endpoints", "query", "edge", "a dog", "--out", join(folder, "no")]);
  expect([lost.code, lost.err]).toEqual([1, expect.stringContaining("its folder does not exist")]);
});

test("a failure is a sentence and an exit code; a token is never an argument", async () => {
  const run = on(temporaryFolder());
  const edge = await standInEndpoint(EDGE.routeTimeout);
  await run(["endpoints", "add", edge.url, "--name", "edge", "--start-time", "0"]);
  const looked = await run(["endpoints", "test", "edge"]);
  expect([looked.code, looked.out]).toEqual([
    1,
    expect.stringMatching(
      /\nFAILED {2}Route \(\d+ ms\): [^]*haproxy\.router\.openshift\.io\/timeout/,
    ),
  ]);
  const report = await run(["endpoints", "doctor", `${edge.url}/v2`, "--no-wait", "--report"]);
  expect([report.code, report.out]).toEqual([
    1,
    expect.stringMatching(/^Endpoint http:[^]*\nFailed: Route\.\n[^]*SKIPPED {1}First picture\n$/),
  ]);
  const asked = await run(["endpoints", "query", "edge", "a dog", "--json"]);
  expect([asked.code, lines(asked.out).at(-1)]).toEqual([
    1,
    expect.objectContaining({ type: "error", code: "ENDPOINT_TIMED_OUT" }),
  ]);
  const wrong = await run(["endpoints", "add", edge.url, "--token", CANARY]);
  expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining("unknown option '--token'")]);
  const userinfo = await run(["endpoints", "add", `https://user:${CANARY}@edge.example`]);
  expect([userinfo.code, userinfo.err]).toEqual([2, expect.not.stringContaining(CANARY)]);
});

test("an interrupted query leaves nothing open", async () => {
  const folder = temporaryFolder();
  const run = on(folder);
  const edge = await standInEndpoint(() => {});
  await run(["endpoints", "add", edge.url, "--name", "edge"]);
  const asked = await darkroom(
    ["endpoints", "query", "edge", "a dog", "--json", "--data-dir", folder],
    { onOutput: (_, pid) => void process.kill(pid, "SIGINT") },
  );
  expect(asked.code).toBe(130);
  expect(edge.sockets.size).toBe(0);
  const queue = await run(["queue", "--json"]);
  expect(lines(queue.out)).toMatchObject([{ state: "cancelled" }]);
});

test("with a running studio, the query uses its queue, and an interrupt cancels it", async () => {
  const folder = temporaryFolder();
  const host = new HostProcess(["--port", "0", "--data-dir", folder]);
  onTestFinished(() => host.stop("SIGKILL"));
  await host.start();
  const run = on(folder);
  let isHeld = false;
  const edge = await standInEndpoint((...asked) => {
    if (!isHeld) notebookService()(...asked);
  });
  await run(["endpoints", "add", edge.url, "--name", "edge"]);
  const asked = await run([
    "endpoints",
    "query",
    "edge",
    "a dog",
    "--count",
    "2",
    "--json",
    "--out",
    folder,
  ]);
  const images = lines(asked.out).filter(({ type }) => type === "image");
  expect([asked.code, images.length]).toEqual([0, 2]);
  const gallery = await run(["gallery", "list"]);
  expect(gallery.out.trim().split("\n")).toEqual([
    expect.stringMatching(/3x2 {2}stable-diffusion {2}"a dog"$/),
    expect.stringMatching(/3x2 {2}stable-diffusion {2}"a dog"$/),
  ]);
  isHeld = true;
  const seen = edge.seen.length;
  const held = darkroom(["endpoints", "query", "edge", "a dog", "--data-dir", folder, "--json"], {
    onOutput: (_, pid) => void process.kill(pid, "SIGINT"),
  });
  expect((await held).code).toBe(130);
  expect(edge.seen.length).toBe(seen + 1);
  await vi.waitFor(() => expect(edge.sockets.size).toBe(0), 5000);
  await run(["queue", "pause"]);
  const paused = await run(["endpoints", "query", "edge", "a dog", "--json"]);
  expect([paused.code, lines(paused.out)]).toMatchObject([1, [{ code: "STATE_CONFLICT" }]]);
});

test("query and test wait for one that is starting, and say so beside their output", async () => {
  const run = on(temporaryFolder());
  const edge = routerEdge();
  const standIn = await standInEndpoint(edge.answer);
  await run(["endpoints", "add", standIn.url, "--name", "edge"]);
  const asked = run(["endpoints", "query", "edge", "a dog", "--out", temporaryFolder()]);
  await vi.waitFor(() => expect(standIn.seen.length).toBeGreaterThan(1), { timeout: 30_000 });
  edge.start();
  const { code, err } = await asked;
  expect([code, err]).toEqual([
    0,
    expect.stringMatching(/Waiting for edge to start: its router has no pod yet, \d+ s so far/),
  ]);
  expect(standIn.seen.filter(({ method }) => method === "POST").length).toBe(1);
  edge.load();
  const before = standIn.seen.length;
  const tested = run(["endpoints", "test", "edge"]);
  await vi.waitFor(() => expect(standIn.seen.length).toBeGreaterThan(before + 2), {
    timeout: 30_000,
  });
  edge.start();
  const found = await tested;
  expect([found.code, found.err]).toEqual([
    0,
    expect.stringMatching(/^It is starting\. Its model is loading, \d+ s so far/),
  ]);
  edge.load();
  expect(await run(["endpoints", "test", "edge", "--no-wait"])).toMatchObject({
    code: 1,
    out: expect.stringContaining("FAILED  Server live"),
    err: "",
  });
});

test("the used settings of an endpoint are found out, with the cost announced, and applied to the next picture", async () => {
  const folder = temporaryFolder();
  const run = on(folder);
  const edge = await standInEndpoint(choosyEdge({ uses: ["seed"], refuses: ["scheduler"] }));
  await run(["endpoints", "add", edge.url, "--name", "edge"]);
  const tried = await run(["endpoints", "try-settings", "edge"]);
  expect([tried.code, tried.err]).toEqual([
    0,
    expect.stringContaining("It draws 2 pictures, and up to 5 more if the seed is used."),
  ]);
  expect(tried.out).toMatch(/^seed {12}used\nsize {12}ignored\n[^]*sampler {9}refused\n6 pictures/);
  const out = join(temporaryFolder(), "dog.png");
  const flags = ["--seed", "7", "--steps", "9", "--out", out];
  const asked = await run(["endpoints", "query", "edge", "a dog", ...flags]);
  expect(asked.err).toContain("it was not sent --steps");
  const record = readOwnRecord(readPngTexts(readFileSync(out)));
  expect(record).toMatchObject({ seed: "7" });
  expect(record).not.toHaveProperty("steps");
});
