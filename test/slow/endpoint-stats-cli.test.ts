import { expect, test } from "vitest";
import { darkroom, lines, type Outcome } from "../fakes/command-line.ts";
import { EDGE, notebookService } from "../fakes/notebook-service.ts";
import { standInEndpoint } from "../fakes/stand-in-endpoint.ts";
import { temporaryFolder } from "../fakes/temporary-folder.ts";

/** The command line on one data folder, without a keyring. */
function on(folder: string) {
  const env = { DBUS_SESSION_BUS_ADDRESS: "unix:path=/nowhere" };
  return (...args: readonly string[]): Promise<Outcome> =>
    darkroom([...args, "--data-dir", folder], { env });
}

test("`endpoints stats` reports pictures and failures of earlier commands, as text and as JSON", async () => {
  const run = on(temporaryFolder());
  let answer = notebookService();
  const edge = await standInEndpoint((...given) => answer(...given));
  const out = temporaryFolder();
  await run("endpoints", "add", edge.url, "--name", "edge");
  expect((await run("endpoints", "query", "edge", "a dog", "--out", out)).code).toBe(0);
  answer = EDGE.handlerFailed;
  expect((await run("endpoints", "query", "edge", "a cat", "--out", out)).code).not.toBe(0);

  const stats = await run("endpoints", "stats", "--span", "week", "--json");
  const pictures = { done: 1, failed: 1, failures: { ENDPOINT_FAULT: 1 }, gpuTold: 0 };
  expect([stats.code, lines(stats.out)]).toMatchObject([
    0,
    [{ type: "stats", name: "edge", span: "week", pictures, checks: { ready: 0, others: 0 } }],
  ]);
  const words = await run("endpoints", "stats", "edge");
  expect([words.code, words.out]).toEqual([
    0,
    expect.stringMatching(
      /^edge, last day\n {2}Pictures {8}1 done \(p50 [\d.]+ s, p95 [\d.]+ s\), 1 failed \(1 ENDPOINT_FAULT\)\n {2}Traffic {9}[\d.]+ (?:bytes|kB) sent, [\d.]+ (?:bytes|kB) received\n {2}Computing time {2}[\d.]+ s\n$/,
    ),
  ]);
}, 600_000);

test("`endpoints change` sets waits, the background check and the proxy, and keeps the rest", async () => {
  const run = on(temporaryFolder());
  const add = ["endpoints", "add", "https://edge.example", "--name", "edge", "--model", "sd"];
  const [before] = lines((await run(...add, "--json")).out);
  expect(before).toMatchObject({ checkMinutes: 0, isDirect: false });
  const times = ["--timeout", "30", "--start-time", "5", "--check-every", "15"];
  const changed = await run("endpoints", "change", "edge", ...times, "--proxy", "direct", "--json");
  const wanted = { timeoutSeconds: 30, startSeconds: 5, checkMinutes: 15, isDirect: true };
  expect([changed.code, lines(changed.out)]).toEqual([0, [{ ...before, ...wanted }]]);
  const wrong = await run("endpoints", "change", "edge", "--check-every", "1.5", "--json");
  expect([wrong.code, lines(wrong.out)]).not.toEqual([0, expect.anything()]);
  expect(lines((await run("endpoints", "--json")).out)).toEqual([{ ...before, ...wanted }]);
}, 600_000);
