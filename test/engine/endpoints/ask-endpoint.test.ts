import { createServer, type Socket } from "node:net";
import { once } from "node:events";
import { expect, onTestFinished, test } from "vitest";
import { decodePicture } from "../../../engine/codecs/picture-codec.ts";
import { added, openEndpoints, ORDER } from "../../fakes/open-endpoints.ts";
import { refusal } from "../../fakes/refusal.ts";
import { always, standInEndpoint, type Answer } from "../../fakes/stand-in-endpoint.ts";

const { signal } = new AbortController();

async function draw(url: string) {
  const { endpoints } = await openEndpoints();
  const { id } = await endpoints.add(added(url));
  return endpoints.draw(id, ORDER, { signal });
}

/** The first and the second red, green and blue value of the picture in a reply with this output. */
async function drawnFrom(output: object): Promise<number[]> {
  const body = JSON.stringify({ outputs: [{ name: "image", ...output }] });
  const endpoint = await standInEndpoint(always(200, body));
  const { png } = await draw(endpoint.url);
  const { data } = await decodePicture(png, "the picture");
  return [...data.subarray(0, 6)];
}

const shape = [1, 2, 3];

test.each([
  ["shares that go past 1", "FP32", [1.0001, 0.5, 0, 0.2, 1, 1], [255, 128, 0, 51, 255, 255]],
  ["shares that go past 0", "FP32", [-0.0001, 0.5, 0, 0.2, 1, 1], [0, 128, 0, 51, 255, 255]],
  ["a network's own range", "FP32", [-1.3, 1.2, -1, 0, 1, 0.2], [0, 255, 0, 128, 255, 153]],
  ["samples of 16 bits", "UINT16", [65535, 32896, 257, 0, 514, 256], [255, 128, 1, 0, 2, 1]],
  ["samples of 16 bits by another label", "INT32", [65535, 257, 0, 0, 0, 0], [255, 1, 0, 0, 0, 0]],
  ["bytes that are called UINT16", "UINT16", [255, 128, 1, 0, 2, 3], [255, 128, 1, 0, 2, 3]],
  ["bytes rounded past their range", "FP32", [256, 128, -1, 0, 2, 3], [255, 128, 0, 0, 2, 3]],
  ["fractions of bytes", "FP32", [2.25, 128.25, 1, 0, 2, 3], [2, 128, 1, 0, 2, 3]],
])("%s become the intended bytes", async (_, datatype, data, expected) => {
  expect(await drawnFrom({ datatype, shape, data })).toEqual(expected);
});

test.each([
  ["[-1, -1, 3]", [-1, -1, 3]],
  ["[-1, -1, -1]", [-1, -1, -1]],
])("a shape of %s is read from the nesting", async (_, open) => {
  const data = [
    [
      [1, 2, 3],
      [40, 50, 60],
    ],
  ];
  expect(await drawnFrom({ datatype: "UINT8", shape: open, data })).toEqual([1, 2, 3, 40, 50, 60]);
});

test.each([
  ["the same twice", "content-length: 2\r\ncontent-length: 2"],
  ["two different", "content-length: 2\r\ncontent-length: 4"],
  ["two in one", "content-length: 2, 2"],
  ["one beside chunks", "transfer-encoding: chunked\r\ncontent-length: 2"],
])("a reply with several lengths is refused: %s", async (_, head) => {
  const server = createServer((socket: Socket) => {
    socket.on("error", () => {});
    socket.once("data", () => socket.end(`HTTP/1.1 200 OK\r\n${head}\r\n\r\n{}`));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const address = server.address();
  const port = typeof address === "object" ? address?.port : 0;
  await expect(draw(`http://127.0.0.1:${port}`)).rejects.toEqual(refusal("ENDPOINT_REPLY_INVALID"));
});

test.each(["999999", "9".repeat(40)])(
  "a server that says to retry in %s seconds is asked once",
  async (wait) => {
    const full: Answer = always(503, '{"error":"full"}', { "retry-after": wait });
    const endpoint = await standInEndpoint(full);
    await expect(draw(endpoint.url)).rejects.toEqual(refusal("ENDPOINT_BUSY"));
    expect(endpoint.seen.filter(({ method }) => method === "POST").length).toBe(1);
  },
);

/**
 * A server of protocol v2 that declares Triton's extension for binary tensors, and its answer to a request for a
 * picture.
 */
function binaryServer(draw: Answer): Answer {
  return (response, request, count) => {
    const said: Readonly<Record<string, object>> = {
      "/v2": {
        name: "triton",
        version: "2.70.0",
        extensions: ["classification", "binary_tensor_data"],
      },
      "/v2/models/sd": { name: "sd", inputs: [{ name: "prompt" }], outputs: [{ name: "image" }] },
    };
    if (request.path.endsWith("/infer")) return draw(response, request, count);
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(said[request.path] ?? { ready: true, models: ["sd"] }));
  };
}

async function drawBinary(answer: Answer) {
  const endpoint = await standInEndpoint(binaryServer(answer));
  const { endpoints } = await openEndpoints();
  const { id } = await endpoints.add(added(endpoint.url, { model: "sd" }));
  expect(await endpoints.test(id)).toMatchObject({ state: "ready", isBinary: true });
  const { png } = await endpoints.draw(id, ORDER, { signal });
  const { data } = await decodePicture(png, "the picture");
  const bodies = endpoint.seen.flatMap(({ path, body }) => (path.endsWith("/infer") ? [body] : []));
  return { pixels: [...data.subarray(0, 6)], bodies: bodies.map((body) => JSON.parse(body)) };
}

test("a server that lists binary tensors is asked for the picture in that form", async () => {
  const head = JSON.stringify({
    outputs: [
      { name: "image", datatype: "UINT8", shape: [1, 2, 3], parameters: { binary_data_size: 6 } },
    ],
  });
  const { pixels, bodies } = await drawBinary((response) => {
    response.setHeader("inference-header-content-length", String(head.length));
    response.end(Buffer.concat([Buffer.from(head), Buffer.from([1, 2, 3, 40, 50, 60])]));
  });
  expect(pixels).toEqual([1, 2, 3, 40, 50, 60]);
  expect(bodies).toMatchObject([{ parameters: { binary_data_output: true } }]);
});

test("if that is refused, the same picture is requested as JSON", async () => {
  const { pixels, bodies } = await drawBinary((response, { body }) => {
    const isPlain = !body.includes("binary_data_output");
    const output = { name: "image", datatype: "UINT8", shape: [1, 2, 3], data: [1, 2, 3, 4, 5, 6] };
    response.statusCode = isPlain ? 200 : 400;
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(isPlain ? { outputs: [output] } : { error: "no such parameter" }));
  });
  expect(pixels).toEqual([1, 2, 3, 4, 5, 6]);
  expect(bodies).toHaveLength(2);
  expect(bodies[1]).not.toHaveProperty("parameters");
});

test("after a refusal that may follow a started picture, it is not requested again", async () => {
  const endpoint = await standInEndpoint(binaryServer(always(409, '{"error":"conflict"}')));
  const { endpoints } = await openEndpoints();
  const { id } = await endpoints.add(added(endpoint.url, { model: "sd" }));
  await endpoints.test(id);
  await expect(endpoints.draw(id, ORDER, { signal })).rejects.toEqual(refusal("ENDPOINT_REFUSED"));
  expect(endpoint.seen.filter(({ path }) => path.endsWith("/infer")).length).toBe(1);
});
