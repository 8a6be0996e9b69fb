import { chmodSync, mkdirSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { assert, asyncProperty, base64String, constantFrom, oneof, string } from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import type { TlsFiles } from "../../../engine/contract/server.ts";
import { readCertificate, WatchedCertificate } from "../../../engine/serving/certificate.ts";
import { certificate } from "../../fakes/certificates.ts";
import { refusal } from "../../fakes/refusal.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";
import { MountedSecret, tlsFiles } from "../../fakes/tls-files.ts";

const DAY_MS = 86_400_000;

async function reasonOf(files: TlsFiles): Promise<unknown> {
  const error: unknown = await readCertificate(files).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: "CERTIFICATE_UNUSABLE" });
  return Reflect.get(Reflect.get(error as object, "details") as object, "reason");
}

test("a certificate is read with its key, and says for whom and until when", async () => {
  const until = new Date(Math.trunc(Date.now() / 1000) * 1000 + 30 * DAY_MS);
  const files = tlsFiles(await certificate({ hosts: ["pictures.example", "127.0.0.1"], until }));
  expect((await readCertificate(files)).shownAt(new Date())).toEqual({
    names: ["pictures.example", "127.0.0.1"],
    validTo: until.toISOString(),
    warnings: [],
  });
});

test("a key that everybody can read and a certificate that expires soon are reported", async () => {
  const until = new Date(Date.now() + 30 * DAY_MS);
  const files = tlsFiles(await certificate({ until }));
  chmodSync(files.key, 0o644);
  const { shownAt } = await readCertificate(files);
  const open = `Every user of this computer can read the key ${files.key}.`;
  const day = until.toISOString().slice(0, 10);
  const warningsIn = (days: number) => shownAt(new Date(Date.now() + days * DAY_MS)).warnings;
  expect(warningsIn(0)).toEqual([open]);
  expect(warningsIn(29)).toEqual([open, `The certificate expires on ${day}.`]);
  expect(warningsIn(31)).toEqual([open, `The certificate expired on ${day}.`]);
});

test("an unusable certificate is refused with its reason", async () => {
  const pair = await certificate();
  const files = tlsFiles(pair);
  const other = tlsFiles(await certificate());
  const folder = temporaryFolder();
  mkdirSync(join(folder, "folder"));
  const text = join(folder, "text.pem");
  writeFileSync(text, "no certificate");
  const damaged = join(folder, "damaged.pem");
  writeFileSync(damaged, pair.cert.replace(/\n[^\n]{20}/, "\n"));
  const locked = join(folder, "locked.pem");
  writeFileSync(
    locked,
    "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMII=\n-----END ENCRYPTED PRIVATE KEY-----\n",
  );
  const large = join(folder, "large.pem");
  writeFileSync(large, "");
  truncateSync(large, 2 << 20);
  const yesterday = new Date(Date.now() - DAY_MS);
  const ended = tlsFiles(await certificate({ from: new Date(0), until: yesterday }));
  const early = tlsFiles(await certificate({ from: new Date(Date.now() + DAY_MS) }));
  const reasons = [
    [{ ...files, cert: join(folder, "absent.pem") }, "there is no such file"],
    [{ ...files, cert: "tls.crt" }, "it must be a full path"],
    [{ ...files, cert: join(folder, "folder") }, "it is not a file"],
    [{ ...files, cert: large }, "it is too large to be one"],
    [{ ...files, cert: text }, "it is not a certificate in PEM form"],
    [{ ...files, cert: damaged }, "its certificate is damaged"],
    [{ ...files, key: text }, "it is not a private key in PEM form"],
    [{ ...files, key: locked }, "it is locked by a passphrase"],
    [{ ...files, key: other.key }, `it is not the key of the certificate in ${files.cert}`],
    [ended, `it expired on ${yesterday.toISOString().slice(0, 10)}`],
    [early, expect.stringMatching(/^it is not valid before /)],
    [{ ...files, ca: other.cert }, `none of its certificates signed the one in ${files.cert}`],
  ] as const;
  for (const [asked, reason] of reasons) expect(await reasonOf(asked)).toEqual(reason);
});

test("the authority's certificate may be a separate file", async () => {
  const authority = await certificate({ name: "an authority", isAuthority: true });
  const files = tlsFiles(await certificate({ by: authority }));
  const ca = tlsFiles(authority).cert;
  await expect(readCertificate({ ...files, ca })).resolves.toBeDefined();
});

test("whatever a file contains is refused with a message, never otherwise", async () => {
  const pair = await certificate();
  const files = tlsFiles(pair);
  const pem = (text: string): string =>
    `-----BEGIN CERTIFICATE-----\n${text}\n-----END CERTIFICATE-----`;
  const anything = oneof(string({ unit: "binary" }), base64String().map(pem));
  const path = join(temporaryFolder(), "any.pem");
  await assert(
    asyncProperty(anything, constantFrom("cert", "key", "ca"), async (text, member) => {
      writeFileSync(path, text);
      await expect(readCertificate({ ...files, [member]: path })).rejects.toThrow(
        refusal("CERTIFICATE_UNUSABLE"),
      );
    }),
    { numRuns: 60 },
  );
});

test("a renewed secret is read again, and a half renewed one once it is complete", async () => {
  const secret = new MountedSecret(await certificate({ hosts: ["one.example"] }));
  const troubles: unknown[] = [];
  let changes = 0;
  const watched = await WatchedCertificate.open(secret.files, {
    onTrouble: (error) => troubles.push(error),
    onChange: () => changes++,
    lookMs: 20,
  });
  onTestFinished(() => watched.close());
  const told: unknown[] = [];
  watched.onRenewed((context) => told.push(context.cert));
  const next = await certificate({ hosts: ["two.example"] });
  const torn = { ...next, key: (await certificate()).key };
  secret.renew(torn);
  // Twice if the first look came between the two files' replacement.
  await expect.poll(() => troubles.at(-1)).toMatchObject({ code: "CERTIFICATE_UNUSABLE" });
  expect(watched.shown).toMatchObject({
    names: ["one.example"],
    warnings: [expect.stringMatching(/^The renewed files are not used.*it is not the key of/)],
  });
  secret.renew(next);
  await expect.poll(() => watched.shown).toMatchObject({ names: ["two.example"], warnings: [] });
  expect(changes).toBeGreaterThanOrEqual(2);
  expect(told).toEqual([next.cert]);
});
