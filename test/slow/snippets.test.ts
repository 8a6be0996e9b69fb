import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";
import { expect, test } from "vitest";
import { curlCommand } from "../../renderer/server/requests/curl-command.ts";
import {
  type Asked,
  isForOpenai,
  SNIPPET_NAMES,
  type SnippetName,
  SNIPPETS,
} from "../../renderer/server/snippets/snippets.ts";
import { openConstantServer } from "../fakes/open-inference-server.ts";
import { runCommand } from "../fakes/run-command.ts";
import { temporaryFolder } from "../fakes/temporary-folder.ts";

/** What each needs on the machine; `DARKROOM_TEST_PYTHON` names another Python. */
const PYTHON = process.env["DARKROOM_TEST_PYTHON"] ?? "python3";
const NEEDS = {
  curl: ["curl", ["--version"]],
  requests: [PYTHON, ["-c", "import numpy, requests, PIL"]],
  triton: [PYTHON, ["-c", "import numpy, tritonclient.http, PIL"]],
  openaiCurl: ["curl", ["--version"]],
  openai: [PYTHON, ["-c", "import openai"]],
} as const;

function isThere(name: SnippetName): boolean {
  const [command, args] = NEEDS[name];
  return spawnSync(command, [...args]).status === 0;
}

/** Runs a snippet as a user would after pasting it: shell directly, Python from a file. */
function run(name: SnippetName, code: string, cwd: string, env: Record<string, string>) {
  return name === "curl" || name === "openaiCurl"
    ? runCommand("sh", ["-c", code], { cwd, env })
    : runCommand(PYTHON, ["-c", code], { cwd, env });
}

const READER = {
  name: "A reader",
  scopes: ["inference" as const],
  keepsPictures: false,
  isSeedProfile: false,
};

const cases = SNIPPET_NAMES.flatMap((name) =>
  [false, true].flatMap((isWithKey) =>
    [false, true].map((isSeedProfile) => ({ name, isWithKey, isSeedProfile })),
  ),
);

for (const { name, isWithKey, isSeedProfile } of cases) {
  const how = `key: ${isWithKey}, notebook profile: ${isSeedProfile}`;
  test.skipIf(!isThere(name))(`the snippet for ${name} works as it stands, ${how}`, async () => {
    const { origin, file, requests } = await openConstantServer({
      isKeyRequired: isWithKey,
      isSeedProfile,
      isOpenaiOn: isForOpenai(name),
    });
    const { secret } = await file.addKey({ ...READER, isSeedProfile });
    const asked: Asked = {
      origin,
      modelName: "stable-diffusion",
      prompt: `it's "a dog", 雪 $HOME`,
      isWithKey,
      isSeedProfile,
    };
    const cwd = temporaryFolder();
    const ran = await run(name, SNIPPETS[name](asked), cwd, { DARKROOM_KEY: secret });
    expect(ran).toEqual({ code: 0, stdout: "", stderr: "" });
    expect(await leftBehind(cwd)).toBe(name === "curl" && isSeedProfile ? "notebook" : "png");
    expect(requests.list().map(({ status, keyName }) => [status, keyName])).toEqual([
      [200, isWithKey ? READER.name : undefined],
    ]);
  });
}

/** The result of a snippet: a picture's format, or a reply's kind. */
async function leftBehind(folder: string): Promise<string | undefined> {
  const picture = join(folder, "picture.png");
  if (existsSync(picture)) return (await sharp(picture).metadata()).format;
  const reply = await readFile(join(folder, "reply.json"), "utf8");
  const start = '{"id":"42","outputs":[{"name":"output0",';
  return reply.startsWith(start) ? "notebook" : reply.slice(0, 100);
}

test.skipIf(!isThere("curl"))("a request copied as curl is the same request again", async () => {
  const { origin, file, requests } = await openConstantServer({ isKeyRequired: true });
  const { secret } = await file.addKey(READER);
  const input = { name: "prompt", shape: [1], datatype: "BYTES", data: ["it's a dog"] };
  const first = await fetch(`${origin}/v2/models/stable-diffusion/infer`, {
    method: "POST",
    headers: { authorization: `Bearer ${secret}`, "content-type": "application/json" },
    body: JSON.stringify({ id: "7", inputs: [input] }),
  });
  const wanted = await first.text();
  const [row] = requests.list();
  const command = curlCommand(requests.exchange(row!.id), origin);
  expect(command).not.toContain(secret);
  const env = { DARKROOM_KEY: secret };
  const { stdout } = await runCommand("sh", ["-c", `${command} --silent`], {
    cwd: temporaryFolder(),
    env,
  });
  const pictureOf = (text: string) => (JSON.parse(text) as { outputs: unknown }).outputs;
  expect(pictureOf(stdout)).toEqual(pictureOf(wanted));
});
