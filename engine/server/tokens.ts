import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { join } from "node:path";
import { z } from "zod";
import { RowFile } from "../files/row-file.ts";
import { isDiskFull } from "../files/system-error.ts";

const keptSchema = z.strictObject({ sha256: z.base64().length(44), createdAt: z.iso.datetime() });
type Kept = z.output<typeof keptSchema>;

const READING = {
  list: "tokens",
  maxBytes: 1 << 20,
  parse: (row: unknown): Kept => keptSchema.parse(row),
};

/** Maximum number of signed-in browsers; the oldest is signed out. */
const MOST = 200;

/**
 * The bearer tokens of browsers, valid across restarts: `tokens.json` stores only their hashes. Tokens for a single
 * run, such as the desktop window's, are kept in memory only.
 */
export class Tokens {
  readonly #file: RowFile<Kept>;
  #kept: readonly Kept[];
  readonly #passing: Buffer[] = [];

  private constructor(file: RowFile<Kept>) {
    this.#file = file;
    this.#kept = file.rows;
  }

  static async open(dataFolder: string): Promise<Tokens> {
    return new Tokens(await RowFile.open(join(dataFolder, "tokens.json"), READING));
  }

  /** Notices about the file. */
  get notices(): readonly string[] {
    return this.#file.notices;
  }

  /** A new token, also valid in later runs; only in this run if the disk is full. */
  async issue(): Promise<string> {
    const token = newToken();
    try {
      await this.#keep(token);
    } catch (error) {
      if (!isDiskFull(error)) throw error;
      this.accept(token);
    }
    return token;
  }

  async #keep(token: string): Promise<void> {
    const entry = { sha256: hash(token).toString("base64"), createdAt: new Date().toISOString() };
    await this.#file.turn(async () => {
      const tokens = [...this.#kept, entry].slice(-MOST);
      await this.#file.write(tokens);
      this.#kept = tokens;
    });
  }

  /** A new token for this run. */
  issuePassing(): string {
    const token = newToken();
    this.accept(token);
    return token;
  }

  /** Accepts a token from elsewhere in this run. */
  accept(token: string): void {
    this.#passing.push(hash(token));
  }

  knows(token: string): boolean {
    const wanted = hash(token);
    const kept = this.#kept.map(({ sha256 }) => Buffer.from(sha256, "base64"));
    return [...kept, ...this.#passing].some((known) => timingSafeEqual(known, wanted));
  }
}

function newToken(): string {
  return randomBytes(32).toString("base64url");
}

function hash(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}
