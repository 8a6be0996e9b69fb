import { expect, onTestFinished, test, vi } from "vitest";
import { HostProcess } from "../e2e/host-process.ts";
import { certificate } from "../fakes/certificates.ts";
import { added, openEndpoints } from "../fakes/open-endpoints.ts";
import { temporaryFolder } from "../fakes/temporary-folder.ts";
import { tlsFiles } from "../fakes/tls-files.ts";

const ORDER = { prompt: "a red ball", negativePrompt: "", steps: 2, seed: "7" } as const;
const SMALL = { ...ORDER, width: 64, height: 64 };
const never = new AbortController().signal;
const TIMING = { connectMs: 5000, idleMs: 60_000, bodyMs: 600_000 };

const authority = await certificate({ name: "an authority", hosts: [], isAuthority: true });

/** A second process of ours that answers gRPC over TLS only, with a certificate for these hosts. */
async function theirs(hosts: readonly string[]): Promise<string> {
  const { cert, key } = tlsFiles(await certificate({ name: "a service", hosts, by: authority }));
  const files = ["--tls-cert", cert, "--tls-key", key];
  const args = ["--port", "0", "--data-dir", temporaryFolder(), "--endpoint-port", "0"];
  const host = new HostProcess([...args, "--grpc-port", "0", ...files]);
  onTestFinished(() => host.stop("SIGKILL"));
  await host.start();
  return `grpcs://127.0.0.1:${new URL(`grpcs://${host.grpc?.replace(/^\w+:\/\//, "")}`).port}`;
}

test("gRPC over TLS: a private CA that is trusted, and a deadline", async () => {
  const url = await theirs(["127.0.0.1"]);
  const { endpoints } = await openEndpoints({ timing: TIMING });
  const { id } = await endpoints.add(added(url, { profile: "full" }));
  expect((await endpoints.test(id)).error).toMatchObject({
    code: "ENDPOINT_CERTIFICATE",
    details: { reason: "it is signed by a CA that this computer does not trust" },
  });
  await endpoints.change({ id, ca: authority.cert });
  await vi.waitFor(async () => expect((await endpoints.test(id)).state).toBe("ready"), {
    timeout: 120_000,
    interval: 500,
  });
  const { model } = endpoints.get(id);
  const draw = (more: object) =>
    endpoints.draw(id, { ...SMALL, model, ...more }, { signal: never });
  const { pixels, seed } = await draw({});
  expect([pixels.width, pixels.height, seed]).toEqual([64, 64, "7"]);

  await endpoints.change({ id, timeoutSeconds: 1 });
  // The server knows the deadline, and may be the first to give up.
  await expect(draw({ steps: 1000 })).rejects.toMatchObject({
    code: expect.stringMatching(/^ENDPOINT_(?:UNREACHABLE|TIMED_OUT)$/),
  });
}, 600_000);

test("gRPC over TLS: a certificate for another name is reported as such", async () => {
  const { endpoints } = await openEndpoints({ timing: TIMING });
  const { id } = await endpoints.add(
    added(await theirs(["elsewhere.example"]), { ca: authority.cert }),
  );
  expect((await endpoints.test(id)).error).toMatchObject({
    code: "ENDPOINT_CERTIFICATE",
    details: { reason: "it is for another host" },
  });
}, 120_000);
