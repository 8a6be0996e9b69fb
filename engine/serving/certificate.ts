import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { open, stat } from "node:fs/promises";
import { isAbsolute } from "node:path";
import { createSecureContext, type SecureContextOptions } from "node:tls";
import { StudioError, toWire } from "../contract/errors.ts";
import type { ShownTls, TlsFiles } from "../contract/server.ts";
import { systemCode } from "../files/system-error.ts";
import { SECURE, type ShownCertificate } from "../http/secure-server.ts";

/** A chain of a few certificates has a few kilobytes. */
const MAX_BYTES = 1 << 20;

/** A certificate that expires within this time is reported. */
const SOON_MS = 14 * 86_400_000;

/** A certificate that can be used, and what to show about it. */
interface ReadCertificate {
  readonly context: SecureContextOptions;
  /** At a given time: it may be about to expire. */
  readonly shownAt: (now: Date) => ShownTls;
}

/** Reads a certificate's PEM files. Refuses as CERTIFICATE_UNUSABLE what clients or Node would refuse. */
export async function readCertificate(
  files: TlsFiles,
  now: () => Date = () => new Date(),
): Promise<ReadCertificate> {
  const [cert, key, ca] = await Promise.all([
    readPem(files.cert),
    readPem(files.key),
    files.ca === undefined ? undefined : readPem(files.ca),
  ]);
  const [leaf, ...others] = certificatesIn(files.cert, cert.text);
  const authorities = files.ca === undefined ? [] : certificatesIn(files.ca, ca?.text ?? "");
  if (leaf === undefined) throw unusable(files.cert, "it holds no certificate");
  if (!leaf.checkPrivateKey(keyIn(files.key, key.text))) {
    throw unusable(files.key, `it is not the key of the certificate in ${files.cert}`);
  }
  checkDates(files.cert, leaf, now());
  if (files.ca !== undefined && ![...others, ...authorities].some((one) => isIssuer(one, leaf))) {
    throw unusable(files.ca, `none of its certificates signed the one in ${files.cert}`);
  }
  const chain = [cert.text, ...authorities.filter(isSent).map(String)];
  const context = { cert: chain.join("\n"), key: key.text };
  try {
    createSecureContext({ ...context, ...SECURE });
  } catch (error) {
    throw unusable(files.cert, `OpenSSL refuses it (${systemCode(error) ?? "unknown"})`, error);
  }
  return {
    context,
    shownAt: (then) => shownOf(leaf, files, { isKeyOpen: key.isOpen, now: then }),
  };
}

interface Pem {
  readonly text: string;
  /** Whether every user of this machine can read it. */
  readonly isOpen: boolean;
}

async function readPem(path: string): Promise<Pem> {
  if (!isAbsolute(path)) throw unusable(path, "it must be a full path");
  try {
    const file = await open(path, "r");
    try {
      const found = await file.stat();
      if (!found.isFile()) throw unusable(path, "it is not a file");
      if (found.size > MAX_BYTES) throw unusable(path, "it is too large to be one");
      const text = await file.readFile("utf8");
      return { text, isOpen: process.platform !== "win32" && (found.mode & 0o004) !== 0 };
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof StudioError) throw error;
    throw unusable(path, REASONS[systemCode(error) ?? ""] ?? "it cannot be read", error);
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  ENOTDIR: "there is no such file",
  EACCES: "this user may not read it",
  EISDIR: "it is a folder",
};

const CERTIFICATES = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

function certificatesIn(path: string, text: string): X509Certificate[] {
  const found = text.match(CERTIFICATES) ?? [];
  if (found.length === 0) throw unusable(path, "it is not a certificate in PEM form");
  try {
    return found.map((pem) => new X509Certificate(pem));
  } catch (error) {
    throw unusable(path, "its certificate is damaged", error);
  }
}

function keyIn(path: string, text: string): KeyObject {
  if (/-----BEGIN ENCRYPTED |^Proc-Type: 4,ENCRYPTED/m.test(text)) {
    throw unusable(path, "it is locked by a passphrase");
  }
  try {
    return createPrivateKey(text);
  } catch (error) {
    throw unusable(path, "it is not a private key in PEM form", error);
  }
}

function checkDates(path: string, { validFromDate, validToDate }: X509Certificate, now: Date) {
  if (now > validToDate) throw unusable(path, `it expired on ${dayOf(validToDate)}`);
  if (now < validFromDate) throw unusable(path, `it is not valid before ${dayOf(validFromDate)}`);
}

function isIssuer(authority: X509Certificate, leaf: X509Certificate): boolean {
  return leaf.checkIssued(authority) && leaf.verify(authority.publicKey);
}

/** Clients have the root certificates; intermediate ones must be sent. */
function isSent(authority: X509Certificate): boolean {
  return !authority.checkIssued(authority);
}

function shownOf(
  leaf: X509Certificate,
  { key }: TlsFiles,
  { isKeyOpen, now }: { isKeyOpen: boolean; now: Date },
): ShownTls {
  const end = leaf.validToDate;
  const endsSoon = end.getTime() - now.getTime() < SOON_MS;
  const ending = end < now ? "expired" : "expires";
  return {
    names: namesOf(leaf),
    validTo: end.toISOString(),
    warnings: [
      ...(isKeyOpen ? [`Every user of this computer can read the key ${key}.`] : []),
      ...(endsSoon ? [`The certificate ${ending} on ${dayOf(end)}.`] : []),
    ],
  };
}

const MOST_NAMES = 100;

function namesOf({ subjectAltName = "" }: X509Certificate): string[] {
  const names = subjectAltName.split(/, ?/).map((name) => name.replace(/^(?:DNS|IP Address):/, ""));
  return names.filter((name) => name !== "").slice(0, MOST_NAMES);
}

function dayOf(date: Date): string {
  return date.toISOString().slice(0, 10);
}

function unusable(file: string, reason: string, cause?: unknown): StudioError {
  return new StudioError("CERTIFICATE_UNUSABLE", { file, reason }, { cause });
}

/** A kubelet updates a mounted secret within a minute; a person does it by hand. */
const LOOK_MS = 5000;

export interface WatchOptions {
  /** Called when changed files cannot be used; the previous certificate stays in use. */
  readonly onTrouble: (error: unknown) => void;
  /** Called when what is shown about it may have changed. */
  readonly onChange?: (() => void) | undefined;
  readonly lookMs?: number;
}

/**
 * A certificate whose files are checked every few seconds, since they are replaced at renewal: a kubelet replaces a
 * symbolic link in their path, which a watch on the file would not notice. Half-replaced files do not match each other,
 * and are read again once the rest has been replaced.
 */
export class WatchedCertificate implements ShownCertificate {
  readonly #files: TlsFiles;
  readonly #onTrouble: WatchOptions["onTrouble"];
  readonly #onChange: WatchOptions["onChange"];
  readonly #looking: NodeJS.Timeout;
  readonly #told = new Set<(context: SecureContextOptions) => void>();
  #read: ReadCertificate;
  #state: string;
  /** Why the files' current content is not in use. */
  #trouble: string | undefined;

  private constructor(
    files: TlsFiles,
    { read, state }: { read: ReadCertificate; state: string },
    { onTrouble, onChange, lookMs = LOOK_MS }: WatchOptions,
  ) {
    this.#files = files;
    this.#read = read;
    this.#state = state;
    this.#onTrouble = onTrouble;
    this.#onChange = onChange;
    this.#looking = setInterval(() => void this.#look(), lookMs).unref();
  }

  /** Refuses as CERTIFICATE_UNUSABLE. */
  static async open(files: TlsFiles, options: WatchOptions): Promise<WatchedCertificate> {
    const state = await stateOf(files);
    return new WatchedCertificate(files, { read: await readCertificate(files), state }, options);
  }

  get context(): SecureContextOptions {
    return this.#read.context;
  }

  /** What to show about it. */
  get shown(): ShownTls {
    const shown = this.#read.shownAt(new Date());
    if (this.#trouble === undefined) return shown;
    const kept = `The renewed files are not used, and the certificate before them is still shown: ${this.#trouble}`;
    return { ...shown, warnings: [...shown.warnings, kept] };
  }

  onRenewed(told: (context: SecureContextOptions) => void): () => void {
    this.#told.add(told);
    return () => this.#told.delete(told);
  }

  /** Stops checking. */
  close(): void {
    clearInterval(this.#looking);
    this.#told.clear();
  }

  async #look(): Promise<void> {
    const state = await stateOf(this.#files);
    if (state === this.#state) return;
    this.#state = state;
    try {
      this.#read = await readCertificate(this.#files);
      this.#trouble = undefined;
      for (const told of this.#told) told(this.#read.context);
    } catch (error) {
      this.#trouble = toWire(error).message;
      this.#onTrouble(error);
    }
    this.#onChange?.();
  }
}

/** Changes if a file, or a link in its path, was replaced. */
async function stateOf({ cert, key, ca }: TlsFiles): Promise<string> {
  const states = [cert, key, ...(ca === undefined ? [] : [ca])].map(async (path) => {
    const found = await stat(path).catch(() => undefined);
    return found === undefined ? "" : [found.ino, found.size, found.mtimeMs, found.ctimeMs].join();
  });
  return (await Promise.all(states)).join(" ");
}
