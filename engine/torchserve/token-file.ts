import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { StudioError } from "../contract/errors.ts";
import type { Caller, KeyScope } from "../serving/caller.ts";

const NAME = "key_file.json";
/** TorchServe's own keys have only 6 random bytes. */
const KEY_BYTES = 32;
const MINUTE_MS = 60_000;

/** The id of callers with the API key, which can only make new keys. */
export const API_CALLER = "token-api";

interface Token {
  readonly key: string;
  readonly expiresMs: number;
}

export interface TokenFileOptions {
  readonly minutes: number;
  /** The file is written into the first of these that is writable. */
  readonly folders?: readonly string[];
  readonly now?: () => number;
}

/**
 * TorchServe's token authorization: `key_file.json` contains a key for inference and one for management, which expire,
 * and an API key that makes new ones. Only this user can read the file, and it is deleted when the server ends.
 */
export class TokenFile {
  readonly path: string;
  readonly #minutes: number;
  readonly #now: () => number;
  readonly #api = newKey();
  #tokens: Readonly<Record<KeyScope, Token>>;

  private constructor(path: string, minutes: number, now: () => number) {
    this.path = path;
    this.#minutes = minutes;
    this.#now = now;
    this.#tokens = { inference: this.#token(), management: this.#token() };
  }

  /** Writes the file: into the working folder, as TorchServe does, or into a temporary folder if that fails. */
  static async open({
    minutes,
    folders = [".", tmpdir()],
    now = Date.now,
  }: TokenFileOptions): Promise<TokenFile> {
    let refusal: unknown;
    for (const folder of folders) {
      const file = new TokenFile(join(folder, NAME), minutes, now);
      try {
        await file.#write();
        return file;
      } catch (error) {
        refusal = error;
      }
    }
    throw new StudioError("OUTPUT_UNWRITABLE", { path: NAME, reason: String(refusal) });
  }

  /** The caller whose key this is; undefined if there is none or it has expired. Compares in constant time. */
  callerOf(secret: string): Caller | undefined {
    const { inference, management } = this.#tokens;
    const known = [
      [this.#api, [], Infinity],
      [inference.key, ["inference"], inference.expiresMs],
      [management.key, ["management"], management.expiresMs],
    ] as const;
    const matches = known.map(([key]) => isSame(key, secret));
    const [, scopes, expiresMs = 0] = known[matches.indexOf(true)] ?? [];
    if (scopes === undefined || this.#now() >= expiresMs) return undefined;
    const [scope] = scopes;
    const id = scope === undefined ? API_CALLER : `token-${scope}`;
    return { id, keyName: id, scopes: new Set(scopes), isSeedProfile: true, keepsPictures: false };
  }

  /** Replaces a key and writes the file. */
  async renew(scope: KeyScope): Promise<void> {
    this.#tokens = { ...this.#tokens, [scope]: this.#token() };
    await this.#write();
  }

  async remove(): Promise<void> {
    await rm(this.path, { force: true });
  }

  #token(): Token {
    return { key: newKey(), expiresMs: this.#now() + this.#minutes * MINUTE_MS };
  }

  #write(): Promise<void> {
    const { management, inference } = this.#tokens;
    const content = {
      management: shown(management),
      inference: shown(inference),
      API: { key: this.#api },
    };
    return rm(this.path, { force: true }).then(() =>
      writeFile(this.path, `${JSON.stringify(content, undefined, 2)}\n`, {
        mode: 0o600,
        flag: "wx",
      }),
    );
  }
}

function shown({ key, expiresMs }: Token): object {
  return { key, "expiration time": new Date(expiresMs).toISOString() };
}

function newKey(): string {
  return randomBytes(KEY_BYTES).toString("base64url");
}

function isSame(key: string, secret: string): boolean {
  const [one, other] = [key, secret].map((text) => createHash("sha256").update(text).digest());
  return one !== undefined && other !== undefined && timingSafeEqual(one, other);
}
