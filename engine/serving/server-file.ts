import { chmod } from "node:fs/promises";
import { join } from "node:path";
import { randomUUID, createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { z } from "zod";
import type { Caller } from "./caller.ts";
import { RowFile } from "../files/row-file.ts";
import { StudioError } from "../contract/errors.ts";
import {
  serverKeySchema,
  serverSettingsSchema,
  type NewServerKey,
  type ServerChange,
  type ServerKey,
  type ServerSettings,
} from "../contract/server.ts";

const keySchema = serverKeySchema.extend({ sha256: z.base64().length(44) });
type KeptKey = z.output<typeof keySchema>;
const MAX_KEYS = 1000;

interface Kept {
  readonly settings: ServerSettings;
  readonly keys: readonly KeptKey[];
}

const READING = {
  list: "keys",
  maxBytes: 1 << 20,
  parse: (row: unknown): KeptKey => keySchema.parse(row),
};

/** A key's last use is written at most this often, since it is only for display. */
const USES_MS = 600_000;

/** A key for this run only, such as the one of `--key-file`. */
export interface LentKey {
  readonly name: string;
  readonly secret: string;
}

/**
 * The inference server's settings and keys, in `server.json` of the data folder: only hashes of keys. If keys or
 * settings cannot be read, access is not widened: a key is required until a person changes that.
 */
export class ServerFile {
  readonly #file: RowFile<KeptKey>;
  readonly #now: () => Date;
  readonly #lent: readonly KeptKey[];
  readonly #usedAt = new Map<string, string>();
  readonly #isWhole: boolean;
  readonly #isNews: boolean;
  #writtenAtMs: number;
  #kept: Kept;
  /** Notices about what was wrong with the file at start. */
  readonly notices: readonly string[];

  private constructor(
    file: RowFile<KeptKey>,
    { lent = [], now = () => new Date() }: { lent?: readonly LentKey[]; now?: () => Date },
  ) {
    const { settings, isWhole } = settingsIn(file.others["settings"] ?? {});
    // Keys that were unreadable at an earlier start were reported then.
    const isSound = !file.isDamaged && isWhole && file.unreadCount <= toldOf(file.others);
    this.#file = file;
    this.#isWhole = isWhole;
    this.#kept = {
      settings: isSound ? settings : { ...settings, isKeyRequired: true },
      keys: file.rows,
    };
    this.notices = isSound ? file.notices : [...file.notices, noticeOf(file, isWhole)];
    this.#isNews = !isSound;
    this.#now = now;
    this.#writtenAtMs = now().getTime();
    this.#lent = lent.map(({ name, secret }) => ({
      id: `lent-${name}`,
      name,
      scopes: ["inference", "management"],
      keepsPictures: false,
      isSeedProfile: false,
      createdAt: now().toISOString(),
      sha256: sha256Of(secret).toString("base64"),
    }));
  }

  /** Reads the file; a damaged one is moved aside and named in `notices`. */
  static async open(
    dataFolder: string,
    options: { lent?: readonly LentKey[]; now?: () => Date } = {},
  ): Promise<ServerFile> {
    const path = join(dataFolder, "server.json");
    // It may have been copied with wider permissions.
    await chmod(path, 0o600).catch(() => {});
    const file = new ServerFile(await RowFile.open(path, READING), options);
    // So that a key is required at the next start as well.
    if (file.#isNews) await file.#write((kept) => kept);
    return file;
  }

  settings(): ServerSettings {
    return this.#kept.settings;
  }

  /** Changes what is given; takes effect once it is on the disk. */
  async change(change: ServerChange): Promise<ServerSettings> {
    await this.#write(({ settings, keys }) => ({
      settings: serverSettingsSchema.parse({ ...settings, ...change }),
      keys,
    }));
    return this.#kept.settings;
  }

  /** The stored keys, newest last. */
  keys(): ServerKey[] {
    return this.#kept.keys.map((key) => this.#shown(key));
  }

  /** Whether there is any key. */
  get hasKeys(): boolean {
    return this.#kept.keys.length > 0 || this.#lent.length > 0;
  }

  /** `secret` is returned only this once. */
  async addKey(choices: NewServerKey): Promise<{ key: ServerKey; secret: string }> {
    const secret = newSecret();
    const key = {
      ...choices,
      id: randomUUID(),
      createdAt: this.#now().toISOString(),
      sha256: sha256Of(secret).toString("base64"),
    };
    await this.#write(({ settings, keys }) => {
      if (keys.length < MAX_KEYS) return { settings, keys: [...keys, key] };
      const state = `over the limit of ${MAX_KEYS} keys`;
      throw new StudioError("STATE_CONFLICT", { what: "A key", wanted: "added", state });
    });
    return { key: this.#shown(key), secret };
  }

  /** Refuses as NOT_FOUND. */
  async removeKey(id: string): Promise<void> {
    await this.#write(({ settings, keys }) => {
      const others = keys.filter((key) => key.id !== id);
      if (others.length === keys.length) throw new StudioError("NOT_FOUND", { what: "key", id });
      return { settings, keys: others };
    });
    this.#usedAt.delete(id);
  }

  /** The caller with this secret. Takes equally long for every key, and for none. */
  callerOf(secret: string): Caller | undefined {
    const hash = sha256Of(secret);
    let key: KeptKey | undefined;
    for (const one of [...this.#kept.keys, ...this.#lent]) {
      if (isSecretOf(hash, one.sha256)) key = one;
    }
    if (key === undefined) return undefined;
    this.#noteUse(key.id);
    const { id, name, scopes, isSeedProfile, keepsPictures } = key;
    return { id, keyName: name, scopes: new Set(scopes), isSeedProfile, keepsPictures };
  }

  /** Writes the times of keys' last use. */
  async close(): Promise<void> {
    if (this.#usedAt.size > 0) await this.#write((kept) => kept).catch(() => undefined);
  }

  #noteUse(id: string): void {
    const now = this.#now();
    this.#usedAt.set(id, now.toISOString());
    if (now.getTime() - this.#writtenAtMs < USES_MS) return;
    this.#writtenAtMs = now.getTime();
    // A full disk must not lock anyone out.
    this.#write((kept) => kept).catch(() => undefined);
  }

  #write(change: (kept: Kept) => Kept): Promise<void> {
    return this.#file.turn(async () => {
      const changed = change(this.#kept);
      const keys = changed.keys.map((key) => ({ ...key, ...this.#use(key.id) }));
      const found = this.#file.others["settings"];
      await this.#file.write(keys, {
        // Settings of a later version, and unreadable ones, are kept.
        settings: { ...asObject(found), ...changed.settings },
        ...(this.#isWhole ? {} : { unreadSettings: found }),
        unreadKeys: this.#file.unreadCount,
      });
      this.#kept = { settings: changed.settings, keys };
    });
  }

  #use(id: string): { lastUsedAt?: string } {
    const lastUsedAt = this.#usedAt.get(id);
    return lastUsedAt === undefined ? {} : { lastUsedAt };
  }

  /** Without its hash, which only the file's schema has. */
  #shown(key: KeptKey): ServerKey {
    return serverKeySchema.parse({ ...key, ...this.#use(key.id) });
  }
}

/** Settings, each parsed separately: an unreadable one gets its default. */
function settingsIn(json: unknown): {
  readonly settings: ServerSettings;
  readonly isWhole: boolean;
} {
  const whole = serverSettingsSchema.safeParse(json).data;
  if (whole !== undefined) return { settings: whole, isWhole: true };
  const { shape } = serverSettingsSchema;
  const given = new Map(Object.entries(asObject(json)));
  const sound = Object.entries(shape).filter(
    ([name, schema]) => given.has(name) && schema.safeParse(given.get(name)).success,
  );
  const settings = Object.fromEntries(sound.map(([name]) => [name, given.get(name)]));
  return { settings: serverSettingsSchema.parse(settings), isWhole: false };
}

function toldOf({ unreadKeys }: Readonly<Record<string, unknown>>): number {
  return typeof unreadKeys === "number" ? unreadKeys : 0;
}

function asObject(value: unknown): object {
  return typeof value === "object" && value !== null ? value : {};
}

function noticeOf({ isDamaged, unreadCount }: RowFile<KeptKey>, isWhole: boolean): string {
  if (isDamaged) {
    return "The inference server's keys were lost, and every request now needs one: create a new key.";
  }
  const what = isWhole ? `${unreadCount} of its keys` : "Some of its settings";
  return `The inference server asks for a key, since ${what} cannot be read.`;
}

/** 256 random bits; the prefix tells people and scanners what it is. */
function newSecret(): string {
  return `dk_${randomBytes(32).toString("base64url")}`;
}

/** The stored hash of a secret. The secret is random and long, so a plain hash is safe. */
function sha256Of(secret: string): Buffer {
  return createHash("sha256").update(secret).digest();
}

/** In constant time. */
function isSecretOf(hash: Buffer, kept: string): boolean {
  const other = Buffer.from(kept, "base64");
  return other.length === hash.length && timingSafeEqual(hash, other);
}
