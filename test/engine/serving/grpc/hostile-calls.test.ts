import { connect, type ClientHttp2Session } from "node:http2";
import { status } from "@grpc/grpc-js";
import {
  assert,
  asyncProperty,
  boolean,
  constantFrom,
  nat,
  oneof,
  record,
  string,
  tuple,
  uint8Array,
} from "fast-check";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import { GrpcDefinition } from "../../../../engine/serving/grpc/grpc-definition.ts";
import { asker, type OpenGrpcServer, openGrpcServer } from "../../../fakes/open-grpc-server.ts";

const SERVICE = "/inference.GRPCInferenceService";

let definition: GrpcDefinition;
beforeAll(async () => {
  definition = await GrpcDefinition.read();
});

function framed(message: Uint8Array): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

function session({ port }: OpenGrpcServer): ClientHttp2Session {
  const client = connect(`http://127.0.0.1:${port}`);
  client.on("error", () => undefined);
  onTestFinished(() => client.destroy());
  return client;
}

/** A call of raw bytes; returns the code it ended with, or undefined if it was reset. */
function call(
  client: ClientHttp2Session,
  path: string,
  { body, headers = {} }: { readonly body: Uint8Array; readonly headers?: object },
): Promise<number | undefined> {
  return new Promise((resolve) => {
    const stream = client.request({
      ":method": "POST",
      ":path": path,
      "content-type": "application/grpc",
      te: "trailers",
      ...headers,
    });
    let code: number | undefined;
    const learn = (found: object): void => {
      const value: unknown = Reflect.get(found, "grpc-status");
      if (value !== undefined) code = Number(value);
    };
    stream
      .on("response", learn)
      .on("trailers", learn)
      .on("error", () => undefined);
    stream.on("close", () => resolve(code));
    stream.resume();
    stream.end(body);
  });
}

function infer(message: object): Buffer {
  const method = definition.methods("inference.GRPCInferenceService").get("ModelInfer")!;
  return method.requestSerialize(message);
}

test("whatever bytes arrive, each call is answered and the server survives", async () => {
  const server = await openGrpcServer();
  const client = session(server);
  const good = infer({
    model_name: "stable-diffusion",
    parameters: { steps: { int64_param: "2" } },
    inputs: [
      {
        name: "prompt",
        datatype: "BYTES",
        shape: ["1"],
        contents: { bytes_contents: [Buffer.from("a")] },
      },
    ],
  });
  const changed = tuple(nat(good.length - 1), nat(255), boolean()).map(([at, byte, isCut]) => {
    const bytes = Buffer.from(isCut ? good.subarray(0, at) : good);
    if (!isCut) bytes[at] = byte;
    return bytes;
  });
  const message = oneof(changed, uint8Array({ maxLength: 200 }));
  const body = oneof(
    { weight: 3, arbitrary: message.map(framed) },
    { weight: 1, arbitrary: uint8Array({ maxLength: 50 }) },
  );
  const method = constantFrom("ModelInfer", "ModelStreamInfer", "ModelReady", "RepositoryIndex");
  await assert(
    asyncProperty(body, method, async (bytes, name) => {
      expect(await call(client, `${SERVICE}/${name}`, { body: bytes })).toBeTypeOf("number");
    }),
    { numRuns: 200 },
  );
  expect(await (await asker(server.target))("ServerLive")).toEqual({ live: true });
  expect(server.mistakes).toEqual([]);
});

test("whatever paths and metadata arrive, the server survives", async () => {
  const server = await openGrpcServer();
  const client = session(server);
  const text = string({ unit: "binary-ascii", maxLength: 60 }).map((value) =>
    value.replaceAll(/[^\x20-\x7e]/g, "").trim(),
  );
  const headers = record(
    {
      authorization: text,
      "grpc-timeout": oneof(text, constantFrom("99999999H", "1n", "0S", "-1S")),
      "grpc-encoding": constantFrom("gzip", "deflate", "snappy", "identity"),
      "x-bin": text,
      "x-data-bin": text,
      origin: text,
      "user-agent": text,
    },
    { requiredKeys: [] },
  );
  const path = oneof(
    text.map((value) => `/${value}`),
    constantFrom(`${SERVICE}/ServerLive`, "/%f0%9f", "/a/b%", `${SERVICE}/ServerLive/`),
  );
  await assert(
    asyncProperty(path, headers, async (address, sent) => {
      await call(client, address, { body: framed(new Uint8Array()), headers: sent });
    }),
    { numRuns: 200 },
  );
  expect(await (await asker(server.target))("ServerLive")).toEqual({ live: true });
});

test.each([
  ["half a million empty inputs", () => Buffer.from("2a00".repeat(500_000), "hex")],
  ["unpacked numbers", () => lengthDelimited(5, lengthDelimited(5, Buffer.alloc(100_000, 8)))],
  ["a group", () => Buffer.from([0x0b, 0x0c])],
  ["a text that is not UTF-8", () => lengthDelimited(1, Buffer.from([0xff, 0xfe]))],
  ["a field that ends too early", () => Buffer.from([0x0a, 0x7f, 0x61])],
])("%s: refused before it is parsed", async (_, message) => {
  const server = await openGrpcServer();
  const code = await call(session(server), `${SERVICE}/ModelInfer`, { body: framed(message()) });
  expect(code).toBe(status.INVALID_ARGUMENT);
});

function lengthDelimited(field: number, content: Uint8Array): Buffer {
  const size: number[] = [];
  let rest = content.length;
  for (; rest > 127; rest >>= 7) size.push((rest & 127) | 128);
  return Buffer.concat([Buffer.from([field * 8 + 2, ...size, rest]), content]);
}

test("a message that is too long is refused by its length alone", async () => {
  const server = await openGrpcServer();
  const head = Buffer.alloc(5);
  head.writeUInt32BE(0x7fff_ffff, 1);
  const code = await call(session(server), `${SERVICE}/ModelInfer`, { body: head });
  expect(code).toBe(status.RESOURCE_EXHAUSTED);
});

test("a listener may accept longer messages than usual, up to its own limit", async () => {
  const server = await openGrpcServer({ maxMessageBytes: 3 << 20 });
  const codeOf = async (bytes: number) => {
    const body = framed(lengthDelimited(1, Buffer.alloc(bytes, 65)));
    return call(session(server), `${SERVICE}/ModelReady`, { body });
  };
  expect(await codeOf(2 << 20)).not.toBe(status.RESOURCE_EXHAUSTED);
  expect(await codeOf(3 << 20)).toBe(status.RESOURCE_EXHAUSTED);
});

test("keys, scopes and hosts are checked before a message is read", async () => {
  const server = await openGrpcServer({ settings: { isKeyRequired: true } });
  const { secret } = await server.file.addKey({
    name: "reader",
    scopes: ["inference"],
    keepsPictures: false,
    isSeedProfile: false,
  });
  const ask = await asker(server.target);
  const bearer = { authorization: `Bearer ${secret}` };
  await expect(ask("ServerMetadata")).rejects.toMatchObject({ code: status.UNAUTHENTICATED });
  await expect(ask("ServerMetadata", {}, { authorization: "Bearer nobody" })).rejects.toMatchObject(
    { code: status.UNAUTHENTICATED },
  );
  expect(await ask("ServerMetadata", {}, bearer)).toMatchObject({ name: "darkroom" });
  await expect(ask("RepositoryModelLoad", { model_name: "other" }, bearer)).rejects.toMatchObject({
    code: status.PERMISSION_DENIED,
  });
  expect(await ask("ServerLive")).toEqual({ live: true });
  const other = await call(session(server), `${SERVICE}/ServerLive`, {
    body: framed(new Uint8Array()),
    headers: { ":authority": "rebound.example" },
  });
  expect(other).toBe(status.PERMISSION_DENIED);
  const row = server.requests.list().find(({ keyName }) => keyName === "reader");
  expect(JSON.stringify(server.requests.exchange(row!.id))).not.toContain(secret);
});

test("a client that sends half a message gives way: others are answered meanwhile", async () => {
  const server = await openGrpcServer();
  const slow = session(server);
  const half = Array.from({ length: 60 }, () => {
    const stream = slow.request({
      ":method": "POST",
      ":path": `${SERVICE}/ServerMetadata`,
      "content-type": "application/grpc",
      te: "trailers",
    });
    stream.on("error", () => undefined).resume();
    stream.write(Buffer.from([0, 0, 0, 1]));
    return stream;
  });
  await expect.poll(() => server.requests.list().length, { timeout: 10_000 }).toBe(60);
  expect(await (await asker(server.target))("ServerLive")).toEqual({ live: true });
  for (const stream of half) stream.destroy();
  expect(await (await asker(server.target))("ServerReady")).toEqual({ ready: true });
});
