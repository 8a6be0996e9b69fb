import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { constantFrom, sample, string } from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import {
  type Asked,
  SNIPPET_NAMES,
  SNIPPETS,
} from "../../../../renderer/server/snippets/snippets.ts";
import { runCommand } from "../../../fakes/run-command.ts";

const hasCurl = spawnSync("curl", ["--version"]).status === 0;
const hasPython = spawnSync("python3", ["--version"]).status === 0;

const ASKED: Asked = {
  origin: "http://127.0.0.1:8080",
  modelName: "stable-diffusion",
  prompt: "a red balloon",
  isWithKey: false,
  isSeedProfile: false,
};

const PROMPTS = [
  'it\'s a "dog", $HOME `id` \\ !! %s',
  "two\nlines\tand a tab",
  "雪の中の青い家 🎈",
  "@/etc/passwd",
  "",
];

const PICTURE = Buffer.from("\x89PNG not really a picture \xff\xfe", "latin1");

interface Heard {
  readonly request: Pick<IncomingMessage, "method" | "url" | "headers">;
  readonly body: unknown;
}

/** A listener that replies to a request for PNG like the server, and records requests. */
async function listen(): Promise<{ readonly origin: string; readonly heard: Heard[] }> {
  const heard: Heard[] = [];
  const server = createServer(async (request, response) => {
    const { method, url, headers } = request;
    heard.push({ request: { method, url, headers }, body: JSON.parse(await text(request)) });
    const data = [PICTURE.toString("base64")];
    const output = { name: "image", datatype: "BYTES", shape: [1], parameters: {}, data };
    const isOpenai = url?.startsWith("/v1/") === true;
    const reply = isOpenai
      ? { created: 1, output_format: "png", data: [{ b64_json: data[0] }] }
      : { model_name: "stable-diffusion", outputs: [output] };
    response.end(JSON.stringify(reply));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, heard };
}

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "darkroom-snippet-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test.skipIf(!hasCurl)("the curl snippet sends what it says, and saves the picture", async () => {
  const { origin, heard } = await listen();
  for (const prompt of PROMPTS) {
    const cwd = temporaryFolder();
    const code = SNIPPETS.curl({ ...ASKED, origin, prompt, isWithKey: true });
    const env = { DARKROOM_KEY: "dk_secret" };
    expect(await runCommand("sh", ["-c", code], { cwd, env })).toMatchObject({
      code: 0,
      stderr: "",
    });
    expect(readFileSync(join(cwd, "picture.png"))).toEqual(PICTURE);
    expect(code).not.toContain("dk_secret");
    expect(heard.pop()).toEqual({
      request: {
        method: "POST",
        url: "/v2/models/stable-diffusion/infer",
        headers: expect.objectContaining({
          authorization: "Bearer dk_secret",
          "content-type": "application/json",
        }),
      },
      body: {
        inputs: [{ name: "prompt", shape: [1], datatype: "BYTES", data: [prompt] }],
        outputs: [{ name: "image", parameters: { format: "png" } }],
      },
    });
  }
});

test.skipIf(!hasCurl)("the OpenAI API's curl snippet does, too", async () => {
  const { origin, heard } = await listen();
  for (const prompt of PROMPTS) {
    const cwd = temporaryFolder();
    const code = SNIPPETS.openaiCurl({ ...ASKED, origin, prompt });
    expect(await runCommand("sh", ["-c", code], { cwd })).toMatchObject({ code: 0, stderr: "" });
    expect(readFileSync(join(cwd, "picture.png"))).toEqual(PICTURE);
    expect(heard.pop()).toMatchObject({
      request: { method: "POST", url: "/v1/images/generations" },
      body: { model: "stable-diffusion", prompt },
    });
  }
});

test.skipIf(!hasCurl)(
  "without a key none is shown; the notebook's reply is saved completely",
  async () => {
    const { origin, heard } = await listen();
    const cwd = temporaryFolder();
    const code = SNIPPETS.curl({ ...ASKED, origin, modelName: "a model/2", isSeedProfile: true });
    expect(await runCommand("sh", ["-c", code], { cwd })).toMatchObject({ code: 0 });
    expect(heard[0]?.request.url).toBe("/v2/models/a%20model%2F2/infer");
    expect(heard[0]?.request.headers.authorization).toBeUndefined();
    expect(heard[0]?.body).toEqual({
      inputs: [{ name: "prompt", shape: [1], datatype: "BYTES", data: ["a red balloon"] }],
    });
    expect(JSON.parse(readFileSync(join(cwd, "reply.json"), "utf8"))).toHaveProperty("outputs");
  },
);

test.skipIf(!hasPython)(
  "Python reads every snippet, whatever the prompt and the name",
  async () => {
    const codes = PROMPTS.flatMap((prompt) =>
      (["requests", "triton", "openai"] as const).flatMap((name) =>
        [true, false].map((isOn) =>
          SNIPPETS[name]({
            ...ASKED,
            prompt,
            modelName: 'my "model"',
            isWithKey: isOn,
            isSeedProfile: isOn,
          }),
        ),
      ),
    );
    const check = "import ast, json, os\nfor c in json.loads(os.environ['CODES']): ast.parse(c)";
    const env = { CODES: JSON.stringify(codes) };
    const ran = await runCommand("python3", ["-c", check], { cwd: tmpdir(), env });
    expect(ran).toEqual({ code: 0, stdout: "", stderr: "" });
  },
);

test("a key comes from the environment, or not at all", () => {
  const mentions = (isWithKey: boolean) =>
    SNIPPET_NAMES.map((name) => SNIPPETS[name]({ ...ASKED, isWithKey }).includes("DARKROOM_KEY"));
  expect([mentions(true), mentions(false)]).toEqual([
    [true, true, true, true, true],
    [false, false, false, false, false],
  ]);
});

test("tritonclient requests the output that the reply has", () => {
  const code = SNIPPETS.triton({ ...ASKED, origin: "http://[::1]:8081", isSeedProfile: true });
  expect(code).toContain('InferenceServerClient("[::1]:8081"');
  expect(code).toContain('as_numpy("output0")');
  expect(SNIPPETS.triton(ASKED)).toContain('as_numpy("image")');
});

const SHELL_LETTERS = Array.from("'\"$`\\!@%&|;<>()*?[]{}~#=\n\r\t\0 aé🎈");

test("no prompt gets out of its quotes", async () => {
  const prompts = sample(string({ unit: constantFrom(...SHELL_LETTERS), maxLength: 40 }), 60);
  const lines = prompts.map((prompt) =>
    SNIPPETS.curl({ ...ASKED, prompt, isSeedProfile: true }).replace(/^curl/, "printf '%s\\0'"),
  );
  const { stdout } = await runCommand("sh", ["-c", lines.join("\n")], { cwd: tmpdir() });
  const words = stdout.split("\0");
  const sent = words.flatMap((word, index): unknown[] =>
    words[index - 1] === "-d" ? [JSON.parse(word)] : [],
  );
  expect(
    sent.map((request) => (request as { inputs: [{ data: [string] }] }).inputs[0].data),
  ).toEqual(prompts.map((prompt) => [prompt]));
});

test("if the server uses TLS, tritonclient does, too", () => {
  const origin = "https://127.0.0.1:8443";
  expect(SNIPPETS.triton({ ...ASKED, origin })).toContain('"127.0.0.1:8443", ssl=True, ');
  expect(SNIPPETS.triton(ASKED)).not.toContain("ssl");
  expect(SNIPPETS.curl({ ...ASKED, origin })).toContain(`'${origin}/v2/models/`);
});
