import { tmpdir } from "node:os";
import { expect, test } from "vitest";
import type { Exchange } from "../../../../engine/contract/server.ts";
import { curlCommand } from "../../../../renderer/server/requests/curl-command.ts";
import { runCommand } from "../../../fakes/run-command.ts";

const NOTHING = { text: "", sizeBytes: 0, isCut: false };
const ORIGIN = "http://127.0.0.1:8080";

function exchangeWith(change: Partial<Exchange>): Exchange {
  return {
    id: "1",
    at: "2026-11-25T03:00:00.000Z",
    client: "127.0.0.1",
    method: "GET",
    path: "/v2",
    state: "answered",
    status: 200,
    requestBytes: 0,
    requestHeaders: { host: "127.0.0.1:8080", accept: "*/*", "user-agent": "curl/8" },
    requestBody: NOTHING,
    replyHeaders: {},
    replyBody: NOTHING,
    ...change,
  };
}

function bodyOf(text: string): Exchange["requestBody"] {
  return { text, sizeBytes: new TextEncoder().encode(text).length, isCut: false };
}

/** A command's words after a shell has parsed it, which are curl's arguments. */
async function wordsOf(command: string): Promise<string[]> {
  const shown = command.replace(/^curl/, "printf '%s\\0'");
  const env = { DARKROOM_KEY: "dk_secret" };
  const { stdout } = await runCommand("sh", ["-c", shown], { cwd: tmpdir(), env });
  return stdout.split("\0").slice(0, -1);
}

test("a GET request is the address alone", () => {
  expect(curlCommand(exchangeWith({}), ORIGIN)).toBe("curl --globoff 'http://127.0.0.1:8080/v2'");
});

test("a request is repeated with its headers and body, and its key from the environment", async () => {
  const body = bodyOf(`{"prompt":"it's \\"this\\" & $HOME"}`);
  const exchange = exchangeWith({
    method: "POST",
    path: "/v2/models/stable-diffusion/infer?a[]=1",
    keyName: "Notebook",
    requestHeaders: {
      host: "127.0.0.1:8080",
      authorization: "Bearer …",
      connection: "keep-alive",
      "content-length": String(body.sizeBytes),
      "content-type": "application/json",
      "accept-encoding": "gzip, deflate",
      "x-note": "it's mine",
    },
    requestBody: body,
  });
  const command = curlCommand(exchange, ORIGIN);
  expect(command).not.toContain("…");
  expect(await wordsOf(command)).toEqual([
    "--globoff",
    "http://127.0.0.1:8080/v2/models/stable-diffusion/infer?a[]=1",
    "--compressed",
    "-H",
    "Authorization: Bearer dk_secret",
    "-H",
    "content-type: application/json",
    "-H",
    "x-note: it's mine",
    "--data-raw",
    body.text,
  ]);
});

test.each([
  ["cut", { text: '{"inputs":', sizeBytes: 8_000_000, isCut: true }],
  ["no text", { text: "", sizeBytes: 240, isCut: false }],
  ["shortened", { text: '{"data":["iVBOR…"]}', sizeBytes: 9000, isCut: false }],
  ["with a NUL", { text: "a\0b", sizeBytes: 3, isCut: false }],
])("a body that is %s is read from a file", (_, requestBody) => {
  const requestHeaders = { "content-type": "application/octet-stream" };
  expect(curlCommand(exchangeWith({ method: "POST", requestHeaders, requestBody }), ORIGIN)).toBe(
    [
      "curl --globoff 'http://127.0.0.1:8080/v2'",
      "-H 'content-type: application/octet-stream'",
      "--data-binary @request.bin",
    ].join(" \\\n  "),
  );
});

test("methods are given if curl would use another", () => {
  const first = (change: Partial<Exchange>) =>
    curlCommand(exchangeWith(change), ORIGIN).split("\n")[0];
  expect([
    first({ method: "POST" }),
    first({ method: "HEAD" }),
    first({ method: "DELETE" }),
    first({ method: "PUT", requestBody: bodyOf("a"), requestHeaders: { "content-type": "a/b" } }),
  ]).toEqual([
    "curl --globoff -X POST 'http://127.0.0.1:8080/v2'",
    "curl --globoff --head 'http://127.0.0.1:8080/v2'",
    "curl --globoff -X DELETE 'http://127.0.0.1:8080/v2'",
    "curl --globoff -X PUT 'http://127.0.0.1:8080/v2' \\",
  ]);
});

test("a body without a type stays without one", () => {
  const exchange = exchangeWith({ method: "POST", requestHeaders: {}, requestBody: bodyOf("{}") });
  expect(curlCommand(exchange, ORIGIN)).toContain("-H 'Content-Type:'");
});

test("no header's key is in the command, whatever it is called", () => {
  const exchange = exchangeWith({ requestHeaders: { Authorization: "Bearer dk_secret" } });
  const command = curlCommand(exchange, ORIGIN);
  expect(command).toContain('"Authorization: Bearer $DARKROOM_KEY"');
  expect(command).not.toContain("dk_secret");
});
