import { expect, onTestFinished, test } from "vitest";
import type { TlsFiles } from "../../engine/contract/server.ts";
import { HostProcess } from "../e2e/host-process.ts";
import { certificate } from "../fakes/certificates.ts";
import { temporaryFolder } from "../fakes/temporary-folder.ts";
import { tlsFiles } from "../fakes/tls-files.ts";
import { JsonPeer } from "./json-peer.ts";

/** The server's certificate, and the authority that the client trusts. */
interface Encrypted {
  readonly server: TlsFiles;
  readonly trusted: string;
}

async function aimed(
  tls?: Encrypted,
): Promise<(over: "rest" | "grpc", request: object) => Promise<unknown>> {
  const ports = ["--port", "0", "--endpoint-port", "0", "--grpc-port", "0"];
  const secure = tls && ["--tls-cert", tls.server.cert, "--tls-key", tls.server.key];
  const host = new HostProcess([...ports, ...(secure ?? []), "--data-dir", temporaryFolder()]);
  onTestFinished(() => host.stop("SIGKILL"));
  await host.start();
  const { endpoint = "", grpc = "" } = host;
  const trusted = tls === undefined ? [] : [tls.trusted];
  const script = "kserve_client_calls.py";
  const peer = JsonPeer.start("kserve-client", script, endpoint, grpc, ...trusted);
  return (over, request) => peer.ask({ over, ...request });
}

const model = "stable-diffusion";
const SMALL = { seed: 7, steps: 2, width: 64, height: 64 };

test("KServe's SDK gets one picture over REST, as JSON and binary, and over gRPC", async () => {
  const ask = await aimed();
  for (const over of ["rest", "grpc"] as const) {
    expect(await ask(over, { call: "live" })).toBe(true);
    // The server probes devices first.
    await expect.poll(() => ask(over, { call: "ready" }), { timeout: 60_000 }).toBe(true);
    expect(await ask(over, { call: "modelReady", model })).toBe(true);
  }
  const infer = (over: "rest" | "grpc", more: object = {}): Promise<unknown> => {
    const parameters = { ...SMALL, ...more };
    return ask(over, { call: "infer", model, prompt: "a red fish", parameters });
  };
  const first = await infer("rest");
  expect(first).toMatchObject({ id: "11", model, shape: [64, 64, 3], type: "UINT8" });
  expect([await infer("rest", { binary_data_output: true }), await infer("grpc")]).toEqual([
    first,
    first,
  ]);
});

test("KServe's SDK gets our error messages", async () => {
  const ask = await aimed();
  const wrong = { call: "infer", model, prompt: "a", parameters: { steps: -1 } };
  expect(await ask("rest", wrong)).toMatchObject({
    status: 400,
    message: expect.stringContaining("num_inference_steps cannot be -1"),
  });
  expect(await ask("grpc", wrong)).toMatchObject({
    status: "StatusCode.INVALID_ARGUMENT",
    message: expect.stringContaining("num_inference_steps cannot be -1"),
  });
  expect(await ask("rest", { ...wrong, model: "nobody" })).toMatchObject({ status: 404 });
});

test("KServe's SDK draws over TLS with a private authority, and is refused with another", async () => {
  const own = await certificate({ name: "ours", isAuthority: true });
  const other = await certificate({ name: "another's", isAuthority: true });
  const server = tlsFiles(await certificate({ by: own }));
  const ask = await aimed({ server, trusted: tlsFiles(own).cert });
  const stranger = await aimed({ server, trusted: tlsFiles(other).cert });
  for (const over of ["rest", "grpc"] as const) {
    // The server probes devices first.
    await expect.poll(() => ask(over, { call: "ready" }), { timeout: 60_000 }).toBe(true);
    const infer = { call: "infer", model, prompt: "a red fish", parameters: SMALL };
    expect(await ask(over, infer)).toMatchObject({ id: "11", shape: [64, 64, 3] });
    const refused = await stranger(over, infer).then(JSON.stringify, String);
    expect(refused).toMatch(/CERTIFICATE_VERIFY_FAILED|certificate|UNAVAILABLE/i);
  }
});
