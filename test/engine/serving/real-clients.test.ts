import { request } from "undici";
import { expect, test } from "vitest";
import { ConstantEngine, FEW_PIXELS } from "../../fakes/constant-engine.ts";
import { openConstantServer } from "../../fakes/open-inference-server.ts";
import { rawRequest } from "../../fakes/raw-request.ts";

const MODEL = "/v2/models/stable-diffusion";
const PROMPT = { name: "prompt", shape: [1], datatype: "BYTES", data: ["a red fish"] };

function post(url: string, message: unknown, headers: Record<string, string> = {}) {
  const body = typeof message === "string" ? message : JSON.stringify(message);
  return fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body,
  });
}

async function sentenceOf(reply: Response): Promise<string> {
  return ((await reply.json()) as { error: string }).error;
}

test("KServe's SDK: every JSON is labelled application/json and nothing else", async () => {
  const { origin } = await openConstantServer();
  const infer = { inputs: [PROMPT] };
  const replies = [
    await fetch(origin),
    await fetch(`${origin}/v2`),
    await fetch(`${origin}/v2/health/ready`),
    await fetch(`${origin}${MODEL}`),
    await fetch(`${origin}/openapi.json`),
    await fetch(`${origin}/nowhere`),
    await fetch(`${origin}/v2/health/ready`, { method: "DELETE" }),
    await fetch(`${origin}${MODEL}/infer`),
    await post(`${origin}${MODEL}/infer`, infer),
    await post(`${origin}${MODEL}/infer`, "{"),
    await post(`${origin}${MODEL}/infer`, infer, { origin: "http://evil.test" }),
    await post(`${origin}/v2/repository/index`, {}),
    await post(`${origin}/v1/models/starter:predict`, { instances: ["a fish"] }),
  ];
  expect(replies.map(({ headers }) => headers.get("content-type"))).toEqual(
    replies.map(() => "application/json"),
  );
});

test.each(["", "{}", '{"ready":true}'])(
  "Triton's C++ client: the repository accepts %j that is labelled as a form",
  async (body) => {
    const { origin } = await openConstantServer();
    const form = { "content-type": "application/x-www-form-urlencoded" };
    // fetch would reveal itself by Sec-Fetch-Mode.
    const index = await request(`${origin}/v2/repository/index`, {
      method: "POST",
      headers: form,
      body,
    });
    expect(await index.body.json()).toContainEqual(
      expect.objectContaining({ name: "starter", state: "READY" }),
    );
    const page = { ...form, origin: origin.replace("http", "https") };
    expect((await post(`${origin}/v2/repository/index`, body, page)).status).toBe(403);
    expect((await post(`${origin}${MODEL}/infer`, body, form)).status).toBe(415);
  },
);

test.each([
  ["of the output", { outputs: [{ name: "image", parameters: { binary_data: false } }] }],
  ["of the request", { parameters: { binary_data_output: false } }],
])("Triton's C++ and Java clients: data is flat if binary is set to off, %s", async (_, more) => {
  const { origin } = await openConstantServer();
  const reply = await post(`${origin}${MODEL}/infer`, { inputs: [PROMPT], ...more });
  expect(await reply.json()).toMatchObject({ outputs: [{ data: [...FEW_PIXELS.data] }] });
});

test("a limit that can never be met is 400, without a retry time", async () => {
  const engine = new ConstantEngine({ expectedSeconds: () => 30 });
  const { origin } = await openConstantServer({}, engine);
  const reply = await post(`${origin}${MODEL}/infer`, {
    inputs: [PROMPT],
    parameters: { timeout: 5_000_000 },
  });
  expect([reply.status, reply.headers.get("retry-after")]).toEqual([400, null]);
  expect(await sentenceOf(reply)).toContain("alone takes about 30 s, and the limit is 5 s");
  expect(engine.jobs).toEqual([]);
});

test.each([
  ["shared_memory_region", "region0"],
  ["shared_memory_byte_size", 64],
  ["shared_memory_offset", 0],
])("shared memory is refused by name, of an input and of an output: %s", async (name, value) => {
  const { origin, engine } = await openConstantServer();
  const parameters = { [name]: value };
  const { data: _, ...input } = PROMPT;
  const replies = [
    await post(`${origin}${MODEL}/infer`, { inputs: [{ ...input, parameters }] }),
    await post(`${origin}${MODEL}/infer`, {
      inputs: [PROMPT],
      outputs: [{ name: "image", parameters }],
    }),
  ];
  expect(replies.map(({ status }) => status)).toEqual([400, 400]);
  expect(await Promise.all(replies.map(sentenceOf))).toEqual([
    expect.stringContaining(`inputs[0].parameters.${name}`),
    expect.stringContaining(`outputs[0].parameters.${name}`),
  ]);
  expect(engine.jobs).toEqual([]);
});

test("PowerShell: a byte order mark before the JSON is skipped, everywhere", async () => {
  const { origin } = await openConstantServer();
  const sent: readonly (readonly [string, object])[] = [
    [`${MODEL}/infer`, { inputs: [PROMPT] }],
    [`${MODEL}/generate`, { text_input: "a fish" }],
    ["/v1/models/starter:predict", { instances: ["a fish"] }],
    ["/v2/repository/index", {}],
    ["/v2/repository/models/starter/load", {}],
  ];
  for (const [path, message] of sent) {
    const reply = await post(origin + path, `\ufeff${JSON.stringify(message)}`);
    expect([path, reply.status]).toEqual([path, 200]);
  }
});

test.each([
  ["GET", `${MODEL}/versions/1.0/infer`, "POST"],
  ["PUT", "/v2/repository/models/starter/load", "POST"],
  ["DELETE", "/v2/health/ready", "GET, HEAD"],
  ["PROPFIND", `${MODEL}/infer`, "POST"],
  ["OPTIONS", "/v2", "GET, HEAD"],
])("405 to %s names %s completely, and says what is allowed", async (method, path, allowed) => {
  const { port } = await openConstantServer();
  const head = `${method} ${path}?x=1 HTTP/1.1\r\nHost: localhost:${port}\r\nConnection: close`;
  const reply = await rawRequest(port, `${head}\r\n\r\n`);
  expect(reply).toMatch(/^HTTP\/1\.1 405 /);
  expect(reply.toLowerCase()).toContain(`\r\nallow: ${allowed.toLowerCase()}\r\n`);
  expect(reply).toContain(`"${path} does not accept ${method}.`);
});
