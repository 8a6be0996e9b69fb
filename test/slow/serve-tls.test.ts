import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { connect, type PeerCertificate } from "node:tls";
import { once } from "node:events";
import { expect, onTestFinished, test, vi } from "vitest";
import { HostProcess } from "../e2e/host-process.ts";
import { certificate } from "../fakes/certificates.ts";
import { darkroom, lines } from "../fakes/command-line.ts";
import { temporaryFolder } from "../fakes/temporary-folder.ts";
import { MountedSecret, tlsFiles } from "../fakes/tls-files.ts";

const PORTS = ["--port", "0", "--endpoint-port", "0"];

/** The name on a listener's certificate, whoever signed it. */
async function nameAt(origin: string): Promise<unknown> {
  const port = Number(new URL(origin).port);
  const socket = connect({ port, host: "127.0.0.1", rejectUnauthorized: false });
  await once(socket, "secureConnect");
  const { subject }: PeerCertificate = socket.getPeerCertificate();
  socket.destroy();
  return subject.CN;
}

test("serve does not start without the files of its certificate, nor with another's key", async () => {
  const [one, other] = [await certificate(), await certificate()];
  const own = tlsFiles(one);
  const { key: wrong } = tlsFiles(other);
  const nowhere = join(temporaryFolder(), "tls.crt");
  const empty = join(temporaryFolder(), "empty.pem");
  writeFileSync(empty, "");
  const refused = async (...flags: readonly string[]) => {
    const args = ["serve", "--json", "--data-dir", temporaryFolder(), ...PORTS, ...flags];
    const { code, out } = await darkroom(args);
    return { code, ...lines(out).at(-1) };
  };
  const unusable = { code: "CERTIFICATE_UNUSABLE" };
  expect(await refused("--tls-cert", nowhere, "--tls-key", own.key)).toMatchObject({
    ...unusable,
    message: expect.stringContaining(nowhere),
  });
  expect(await refused("--tls-cert", own.cert, "--tls-key", wrong)).toMatchObject(unusable);
  expect(await refused("--tls-cert", empty, "--tls-key", own.key)).toMatchObject(unusable);
  expect(await refused("--tls-cert", own.cert)).toMatchObject({
    code: "REQUEST_INVALID",
    message: expect.stringContaining("--tls-cert and --tls-key are needed together"),
  });
});

test("serve presents a certificate that was renewed while it runs, and keeps the old one over a half renewed one", async () => {
  const first = await certificate({ name: "first" });
  const second = await certificate({ name: "second" });
  const third = await certificate({ name: "third" });
  const secret = new MountedSecret(first);
  const { cert, key } = secret.files;
  const flags = ["--tls-cert", cert, "--tls-key", key];
  const host = new HostProcess(["--data-dir", temporaryFolder(), ...PORTS, ...flags]);
  onTestFinished(() => host.stop("SIGKILL"));
  await host.start();
  const { endpoint = "" } = host;
  expect(endpoint).toMatch(/^https:/);
  expect(await nameAt(endpoint)).toBe("first");
  const shows = (name: string) =>
    vi.waitFor(async () => expect(await nameAt(endpoint)).toBe(name), {
      timeout: 60_000,
      interval: 500,
    });
  secret.renew(second);
  await shows("second");
  secret.renew({ cert: third.cert, key: second.key });
  await new Promise((resolve) => setTimeout(resolve, 6000));
  expect(await nameAt(endpoint)).toBe("second");
  secret.renew(third);
  await shows("third");
});
