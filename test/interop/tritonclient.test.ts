import { expect, onTestFinished, test } from "vitest";
import { HostProcess } from "../e2e/host-process.ts";
import type { TlsFiles } from "../../engine/contract/server.ts";
import { certificate } from "../fakes/certificates.ts";
import { tlsFiles } from "../fakes/tls-files.ts";
import { temporaryFolder } from "../fakes/temporary-folder.ts";
import { JsonPeer } from "./json-peer.ts";

interface Aim {
  /** The server's certificate, and the authority that the client trusts. */
  readonly tls?: { readonly server: TlsFiles; readonly trusted: string };
}

/** `darkroom serve` with the starter, and Triton's client pointed at its inference server. */
async function aimed(
  protocol: "http" | "grpc" = "http",
  { tls }: Aim = {},
): Promise<(call: string, request?: object) => Promise<unknown>> {
  const ports = ["--port", "0", "--endpoint-port", "0", "--grpc-port", "0"];
  const secure = tls && ["--tls-cert", tls.server.cert, "--tls-key", tls.server.key];
  const host = new HostProcess([...ports, ...(secure ?? []), "--data-dir", temporaryFolder()]);
  onTestFinished(() => host.stop("SIGKILL"));
  await host.start();
  const trusted = tls === undefined ? [] : [tls.trusted];
  const peer =
    protocol === "grpc"
      ? JsonPeer.start("tritonclient", "tritonclient_grpc_calls.py", host.grpc ?? "", ...trusted)
      : JsonPeer.start(
          "tritonclient",
          "tritonclient_calls.py",
          new URL(host.endpoint ?? "").host,
          ...trusted,
        );
  return (call, request = {}) => peer.ask({ call, ...request });
}

/** The server probes devices first, so it is not ready directly after its start. */
async function becameReady(call: Awaited<ReturnType<typeof aimed>>): Promise<void> {
  await expect.poll(() => call("ready"), { timeout: 60_000 }).toBe(true);
}

const MODEL = { model: "stable-diffusion" };
const SMALL = [
  ["prompt", "BYTES", "a red fish"],
  ["seed", "INT64", 7],
  ["steps", "INT32", 2],
  ["width", "INT32", 64],
  ["height", "INT32", 64],
];

test("Triton's client sees the server, its model and both as ready", async () => {
  const call = await aimed();
  expect(await call("live")).toBe(true);
  await becameReady(call);
  expect(await call("modelReady", MODEL)).toBe(true);
  expect(await call("server")).toMatchObject({ name: "darkroom" });
  expect(await call("metadata", MODEL)).toMatchObject({ name: MODEL.model });
  expect(await call("index")).toContainEqual(expect.objectContaining({ name: "starter" }));
  expect(await call("modelReady", { model: "nobody's" })).toBe(false);
  expect(await call("metadata", { model: "nobody's" })).toMatchObject({
    status: "404",
    message: expect.stringContaining("nobody's"),
  });
});

test("Triton's client gets one picture, in every form of request and reply", async () => {
  const call = await aimed();
  const infer = (request: object): Promise<unknown> =>
    call("infer", { ...MODEL, inputs: SMALL, binary: true, request_id: "7", ...request });
  const first = await infer({});
  expect(first).toMatchObject({
    id: "7",
    model: MODEL.model,
    shape: [64, 64, 3],
    type: "uint8",
  });
  expect([
    await infer({ binary: false }),
    await infer({ output: "image" }),
    await infer({ output: "image", outputBinary: false }),
    await infer({ request_compression_algorithm: "gzip" }),
    await infer({ response_compression_algorithm: "gzip" }),
    await infer({ request_compression_algorithm: "deflate" }),
  ]).toEqual(Array.from({ length: 6 }, () => first));
  expect(await infer({ inputs: SMALL.slice(1) })).toMatchObject({
    status: "400",
    message: expect.stringContaining("prompt"),
  });
});

test("Triton's gRPC client sees the same, and gets the same picture, alone and on a stream", async () => {
  const call = await aimed("grpc");
  expect(await call("live")).toBe(true);
  await becameReady(call);
  expect(await call("modelReady", MODEL)).toBe(true);
  expect(await call("server")).toMatchObject({ name: "darkroom" });
  expect(await call("metadata", MODEL)).toMatchObject({ name: MODEL.model });
  expect(await call("index")).toMatchObject({
    models: expect.arrayContaining([expect.objectContaining({ name: "starter" })]),
  });
  const asked = { ...MODEL, inputs: SMALL, request_id: "7" };
  const picture = await call("infer", asked);
  expect(picture).toMatchObject({ id: "7", shape: [64, 64, 3], type: "uint8" });
  const steps = [
    [1, 2],
    [2, 2],
  ];
  expect(await call("stream", asked)).toEqual({ steps, ...(picture as object) });
  // One picture alone, one on the stream.
  expect(await call("statistics", MODEL)).toMatchObject({
    model_stats: [{ name: MODEL.model, version: "1.0", inference_count: "2" }],
  });
  expect(await call("infer", { ...asked, model: "nobody's" })).toMatchObject({
    status: "StatusCode.NOT_FOUND",
    message: expect.stringContaining("nobody's"),
  });
  expect(await call("infer", { ...asked, client_timeout: 0.01 })).toMatchObject({
    status: "StatusCode.DEADLINE_EXCEEDED",
  });
  await call("unload", { model: "starter" });
  expect([await call("ready"), await call("modelReady", MODEL)]).toEqual([false, false]);
  await call("load", { model: "starter" });
  await becameReady(call);
});

/** A certificate of a private authority, that authority, and another one that did not sign it. */
async function privateAuthority() {
  const [authority, other] = await Promise.all(
    ["ours", "another's"].map((name) => certificate({ name, isAuthority: true })),
  );
  if (authority === undefined || other === undefined) throw new Error("two were made");
  const server = tlsFiles(await certificate({ by: authority }));
  return { server, own: tlsFiles(authority).cert, other: tlsFiles(other).cert };
}

test.each(["http", "grpc"] as const)(
  "Triton's %s client draws over TLS with a private authority, and is refused with another",
  async (protocol) => {
    const { server, own, other } = await privateAuthority();
    const call = await aimed(protocol, { tls: { server, trusted: own } });
    await becameReady(call);
    const request = protocol === "http" ? { binary: true } : {};
    const asked = { ...MODEL, inputs: SMALL, request_id: "7", ...request };
    expect(await call("infer", asked)).toMatchObject({ id: "7", shape: [64, 64, 3] });
    const stranger = await aimed(protocol, { tls: { server, trusted: other } });
    const refused = await stranger("live").then(JSON.stringify, String);
    expect(refused).toMatch(/CERTIFICATE_VERIFY_FAILED|certificate|UNAVAILABLE/i);
  },
);
