import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readOwnRecord } from "../../engine/image/generation-text.ts";
import { readPngTexts } from "../../engine/image/png/read-png-texts.ts";
import { darkroom, lines } from "../fakes/command-line.ts";
import { openConstantServer } from "../fakes/open-inference-server.ts";
import { temporaryFolder } from "../fakes/temporary-folder.ts";

test("a picture drawn here is drawn again from its own file, and from JSON at an endpoint", async () => {
  const folder = temporaryFolder();
  const env = { DBUS_SESSION_BUS_ADDRESS: "unix:path=/nowhere" };
  const run = (args: readonly string[]) => darkroom([...args, "--data-dir", folder], { env });
  const json = join(folder, "request.json");
  const tensor = (name: string, datatype: string, value: unknown) => ({
    name,
    datatype,
    shape: [1],
    data: [value],
  });
  const inputs = [
    tensor("prompt", "BYTES", "a red ball"),
    tensor("seed", "INT64", 7),
    tensor("num_inference_steps", "INT32", 2),
    tensor("width", "INT32", 64),
    tensor("height", "INT32", 64),
  ];
  writeFileSync(json, JSON.stringify({ id: "42", inputs }));

  const first = join(folder, "first.png");
  const here = await run(["replay", json, "--device", "cpu", "--out", first]);
  expect([here.code, here.out]).toEqual([0, `${first}\n`]);
  const again = join(folder, "again.png");
  const replayed = await run(["replay", first, "--device", "cpu", "--out", again]);
  expect([replayed.code, replayed.out]).toEqual([0, `${again}\n`]);
  const recordOf = (path: string) => readOwnRecord(readPngTexts(readFileSync(path)));
  const { createdAt: _first, ...made } = recordOf(first) ?? {};
  const { createdAt: _again, ...remade } = recordOf(again) ?? {};
  expect(made).toMatchObject({ prompt: "a red ball", seed: "7", steps: 2, width: 64 });
  expect(remade).toEqual(made);

  const { origin, requests } = await openConstantServer({});
  await run(["endpoints", "add", origin, "--name", "edge"]);
  await run(["endpoints", "test", "edge"]);
  const there = join(folder, "there.png");
  const sent = await run(["replay", first, "--on", "edge", "--out", there, "--json"]);
  expect(lines(sent.out).at(-1)).toMatchObject({ type: "image", path: there, seed: "7", steps: 2 });
  expect(requests.list().filter(({ status }) => status !== 200)).toEqual([]);

  const start = join(folder, "start.png");
  const quick = ["--steps", "2", "--seed", "7", "--device", "cpu", "--out", start];
  const how = ["--init-image", first, "--resize-mode", "crop", "--size", "128x64"];
  await darkroom(["generate", "a red ball", ...quick, ...how], { env });
  const elsewhere = join(folder, "elsewhere.png");
  const lost = await run(["replay", start, "--device", "cpu", "--out", elsewhere]);
  expect([lost.code, lost.err]).toEqual([1, expect.stringContaining("There is no start image")]);
  const found = await run(["replay", start, "--init-image", first, "--out", elsewhere]);
  expect([found.code, found.out]).toEqual([0, `${elsewhere}\n`]);
  const { createdAt: _drawn, ...drawn } = recordOf(start) ?? {};
  const { createdAt: _redrawn, ...redrawn } = recordOf(elsewhere) ?? {};
  expect(drawn).toMatchObject({ resizeMode: "crop", strength: 0.8, width: 128 });
  expect(redrawn).toEqual(drawn);

  const none = await run(["replay", join(folder, "none.json")]);
  expect([none.code, none.err]).toEqual([2, expect.stringContaining("none.json")]);
});
