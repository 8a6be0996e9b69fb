import { chmodSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { Agent, request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "node:tls";
import type { Page } from "@playwright/test";
import { certificate, type KeyPair } from "../fakes/certificates.ts";
import { expectNoViolations } from "./expect-no-violations.ts";
import { expect, test } from "./studio-test.ts";

const DAY_MS = 86_400_000;

let folder: string;
test.beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "darkroom-tls-")));
});
test.afterEach(() => rmSync(folder, { recursive: true }));

/** Writes the two files of a certificate under a name; returns their paths. */
function filesOf(name: string, { cert, key }: KeyPair): { cert: string; key: string } {
  const files = { cert: join(folder, `${name}.crt`), key: join(folder, `${name}.key`) };
  writeFileSync(files.cert, cert);
  writeFileSync(files.key, key, { mode: 0o600 });
  return files;
}

/** Starts the server with gRPC, each on a free port. */
async function startServer(page: Page): Promise<void> {
  await page.goto(new URL("/server?show=settings", page.url()).href);
  const port = page.getByRole("textbox", { name: "Port", exact: true });
  await port.fill("0");
  await port.press("Enter");
  await page.getByText("Offer gRPC as well").click();
  const grpcPort = page.getByRole("textbox", { name: "gRPC port" });
  await grpcPort.fill("0");
  await grpcPort.press("Enter");
  await page.getByRole("button", { name: "Start" }).click();
  await expect(page.getByText(/^http:\/\/127\.0\.0\.1:\d+$/)).toBeVisible();
  await expect(page.getByText(/^gRPC address: /)).toBeVisible();
}

async function useFiles(page: Page, files: { cert: string; key: string }): Promise<void> {
  await page.getByRole("textbox", { name: "Certificate file" }).fill(files.cert);
  await page.getByRole("textbox", { name: "Private key file" }).fill(files.key);
  await page.getByRole("button", { name: "Use these files" }).click();
}

/** Draws a small picture over TLS with one trusted authority; returns the status. */
function draw(origin: string, ca: string): Promise<number | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<number | undefined>();
  const agent = new Agent({ ca });
  const url = new URL("/v2/models/stable-diffusion/infer", origin);
  const headers = { "content-type": "application/json" };
  request(url, { agent, method: "POST", headers }, (reply) => {
    reply.resume().on("end", () => resolve(reply.statusCode));
  })
    .on("error", reject)
    .end(
      JSON.stringify({
        inputs: [{ name: "prompt", shape: [1], datatype: "BYTES", data: ["a red fish"] }],
        parameters: { num_inference_steps: 2, width: 64, height: 64 },
      }),
    );
  return promise.finally(() => agent.destroy());
}

/** The result of an HTTP/2 listener's handshake with one trusted authority. */
function handshake(target: string, ca: string): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  const [host = "", port = ""] = target.split(":");
  const socket = connect({ host, port: Number(port), ca, ALPNProtocols: ["h2"] });
  socket.on("secureConnect", () => resolve(socket.alpnProtocol)).on("error", reject);
  return promise.finally(() => socket.destroy());
}

test("unusable TLS files are reported beside their field, and nothing changes", async ({
  studio: { page },
}) => {
  await startServer(page);
  const address = await page.getByText(/^http:\/\/127\.0\.0\.1:\d+$/).innerText();
  await page.getByText("Encrypt with TLS").click();
  const good = filesOf("good", await certificate());
  const other = filesOf("other", await certificate());
  const ended = filesOf(
    "ended",
    await certificate({ from: new Date(0), until: new Date(Date.now() - DAY_MS) }),
  );
  const text = join(folder, "text.pem");
  writeFileSync(text, "no certificate");
  const closed = filesOf("closed", await certificate());
  chmodSync(closed.key, 0);
  const mayReadAll = process.getuid?.() === 0;
  const wrong = [
    [{ ...good, cert: join(folder, "absent.crt") }, "Certificate file", "there is no such file"],
    [{ ...good, cert: "good.crt" }, "Certificate file", "it must be a full path"],
    [{ ...good, cert: text }, "Certificate file", "it is not a certificate in PEM form"],
    [ended, "Certificate file", "it expired on"],
    [{ ...good, key: other.key }, "Private key file", "it is not the key of the certificate"],
    ...(mayReadAll ? [] : ([[closed, "Private key file", "this user may not read it"]] as const)),
  ] as const;
  for (const [files, label, reason] of wrong) {
    await useFiles(page, files);
    const field = page.getByRole("textbox", { name: label });
    await expect(field).toHaveAccessibleDescription(new RegExp(reason));
    await expect(field).toHaveAttribute("aria-invalid", "true");
    await expect(
      page.getByRole("textbox", { name: /file/ }).and(page.locator("[aria-invalid=true]")),
    ).toHaveCount(1);
    await expect(page.getByText(address, { exact: true })).toBeVisible();
    await expect(page.getByRole("alert")).toHaveCount(0);
  }
  await expectNoViolations(page);
  await page.getByRole("textbox", { name: "Private key file" }).fill(good.key);
  await expect(page.locator("[aria-invalid=true]")).toHaveCount(0);
});

test("with a certificate both listeners use TLS, a client with its authority draws, and it is renewed on disk", async ({
  studio: { page },
}) => {
  const authority = await certificate({ name: "an authority", isAuthority: true });
  const stranger = await certificate({ name: "another", isAuthority: true });
  await startServer(page);
  await page.getByText("Encrypt with TLS").click();
  const soon = new Date(Date.now() + DAY_MS);
  await useFiles(page, filesOf("tls", await certificate({ by: authority, until: soon })));
  const shown = page.getByText(/^https:\/\/127\.0\.0\.1:\d+$/);
  await expect(shown).toBeVisible();
  await expect(
    page.getByText(/^Certificate for 127\.0\.0\.1, localhost, valid until /),
  ).toBeVisible();
  await expect(page.getByText(/^The certificate expires on /)).toBeVisible();
  await expectNoViolations(page);

  const origin = await shown.innerText();
  expect(await draw(origin, authority.cert)).toBe(200);
  await expect(draw(origin, stranger.cert)).rejects.toThrow(/certificate/);
  const target = (await page.getByText(/^gRPC address: /).innerText()).replace(
    "gRPC address: ",
    "",
  );
  expect(await handshake(target, authority.cert)).toBe("h2");
  await expect(handshake(target, stranger.cert)).rejects.toThrow(/certificate/);

  // The files are checked every few seconds.
  const patience = { timeout: 30_000 };
  const next = await certificate({ by: authority, hosts: ["127.0.0.1", "renewed.example"] });
  filesOf("tls", { ...next, key: "half written" });
  await expect(page.getByText(/^The renewed files are not used/)).toBeVisible(patience);
  filesOf("tls", next);
  await expect(page.getByText(/^Certificate for 127\.0\.0\.1, renewed\.example, /)).toBeVisible(
    patience,
  );
  await expect(page.getByText(/^The renewed files are not used/)).toBeHidden();
  await expect(page.getByText(/^The certificate expires on /)).toBeHidden();
  expect(await draw(origin, authority.cert)).toBe(200);

  await page.getByText("Encrypt with TLS").click();
  await expect(page.getByText(/^http:\/\/127\.0\.0\.1:\d+$/)).toBeVisible();
});
