import { chmod } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import {
  secretNameSchema,
  vaultSchema,
  type SecretName,
  type SecretStatus,
  type Vault,
} from "../contract/secrets.ts";
import { readJson, writeJson, type ReadJson } from "../files/json-file.ts";
import { Turns } from "../files/turns.ts";
import { KeyringVault } from "./keyring-vault.ts";
import { absentVault, borrowedVault, type LentVault } from "./lent-vault.ts";
import { FILE_VAULT, vaultRefusal, type SecretVault } from "./vault.ts";

/** Which vault has a secret, and what that vault needs to find it; later versions can add more. */
const entrySchema = z.object({ vault: vaultSchema, sealed: z.string().max(100_000) });
type Kept = Readonly<Record<string, z.output<typeof entrySchema>>>;

/** Entries by name, each parsed separately: what this version cannot read stays unchanged. */
interface Content {
  readonly kept: Kept;
  readonly unread: Readonly<Record<string, unknown>>;
}

const READING = {
  maxBytes: 16 << 20,
  parse: (json: unknown): Content => {
    const kept: Record<string, Kept[string]> = {};
    const unread: Record<string, unknown> = {};
    for (const [name, entry] of Object.entries(z.record(z.string(), z.unknown()).parse(json))) {
      const { data } = entrySchema.safeParse(entry);
      if (data === undefined) unread[name] = entry;
      else kept[name] = data;
    }
    return { kept, unread };
  },
};

/**
 * Names of secrets: those in the contract, and those of endpoints, buckets and clusters, which the contract cannot
 * access.
 */
export type KeptName =
  | SecretName
  | `endpoint-token:${string}`
  | `endpoint-headers:${string}`
  | `bucket-keys:${string}`
  | `cluster-token:${string}`;

/** Environment variables that replace a secret. */
const VARIABLES: Readonly<Record<string, string>> = {
  "hub-token": "HF_TOKEN",
} satisfies Record<SecretName, string>;

export interface SecretsOptions {
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly keyring?: SecretVault & Pick<KeyringVault, "probe" | "close">;
  /** Called when the keyring makes something wait, and when it no longer does. */
  readonly onWaiting?: () => void;
  /** Milliseconds until a person is told that the keyring is being waited for. */
  readonly slowMs?: number;
}

const STAYS = "What cannot be read is kept as it is; a new one of the same name takes its place.";

const WAITING =
  "Waiting for the system's keyring: if it is locked, unlock it. Tokens are read and stored once it answers.";

/** An unlocked keyring replies in a fraction of this. */
const SLOW_MS = 3000;

/**
 * Stored secrets. The environment takes precedence, as in the hub's own programs, so that a single run can use another
 * token. New secrets go to the best vault available: the desktop's, else the system's keyring, else a file that only
 * this user can read. A locked keyring is waited for and then refused; the plain file never replaces it.
 */
export class Secrets {
  readonly #path: string;
  readonly #turns = new Turns();
  readonly #environment: NonNullable<SecretsOptions["environment"]>;
  readonly #keyring: NonNullable<SecretsOptions["keyring"]>;
  readonly #lent: LentVault | undefined;
  readonly #onWaiting: () => void;
  readonly #slowMs: number;
  #best: Promise<SecretVault> | undefined;
  #kept: Kept;
  readonly #unread: Content["unread"];
  #waiting = 0;
  readonly #found: readonly string[];

  private constructor(
    dataFolder: string,
    { value, notice }: ReadJson<Content>,
    lent: LentVault | undefined,
    { environment, keyring, onWaiting = () => {}, slowMs = SLOW_MS }: SecretsOptions,
  ) {
    this.#path = join(dataFolder, "secrets.json");
    this.#kept = value?.kept ?? {};
    this.#unread = value?.unread ?? {};
    this.#lent = lent;
    this.#environment = environment ?? process.env;
    this.#keyring = keyring ?? new KeyringVault(dataFolder);
    this.#onWaiting = onWaiting;
    this.#slowMs = slowMs;
    const count = Object.keys(this.#unread).length;
    this.#found = [
      ...(notice === undefined ? [] : [notice]),
      ...(count === 0 ? [] : [`${count} of the secrets in secrets.json cannot be read. ${STAYS}`]),
    ];
  }

  /** Notices: what was wrong with the file at start, and whether the keyring is being waited for. */
  get notices(): readonly string[] {
    return this.#waiting === 0 ? this.#found : [...this.#found, WAITING];
  }

  /** Opens the file without asking any vault. A damaged file is moved aside and named in `notices`. */
  static async open(
    dataFolder: string,
    lent?: LentVault,
    options: SecretsOptions = {},
  ): Promise<Secrets> {
    const path = join(dataFolder, "secrets.json");
    // It may have been copied with wider permissions.
    await chmod(path, 0o600).catch(() => {});
    return new Secrets(dataFolder, await readJson(path, READING), lent, options);
  }

  /** Undefined if there is none. Refuses as SECRET_UNAVAILABLE if it exists but cannot be read. */
  async get(name: KeptName): Promise<string | undefined> {
    const entry = this.#kept[name];
    const given = this.#fromEnvironment(name);
    if (given !== undefined || entry === undefined) return given;
    const vault = this.#vault(entry.vault);
    return this.#patiently(vault, () => vault.unseal(name, entry.sealed));
  }

  set(name: KeptName, secret: string): Promise<void> {
    return this.#turns.take(async () => {
      const vault = await this.#bestVault();
      const sealed = await this.#patiently(vault, () => vault.seal(name, secret));
      const former = this.#kept[name]?.vault;
      await this.#keep({ ...this.#kept, [name]: { vault: vault.kind, sealed } });
      if (former === undefined || former === vault.kind) return;
      // The old value in an unreachable vault is useless; the new one is stored anyway.
      await this.#vault(former)
        .forget(name)
        .catch(() => {});
    });
  }

  remove(name: KeptName): Promise<void> {
    return this.#turns.take(async () => {
      const { [name]: entry, ...others } = this.#kept;
      if (entry === undefined) return;
      const vault = this.#vault(entry.vault);
      await this.#patiently(vault, () => vault.forget(name));
      await this.#keep(others);
    });
  }

  /** Stops waiting for a keyring. */
  close(): void {
    this.#keyring.close();
  }

  /** Where each secret is stored, or would be. Values are not included. */
  status(): Promise<SecretStatus[]> {
    return Promise.all(secretNameSchema.options.map((name) => this.#statusOf(name)));
  }

  async #statusOf(name: SecretName): Promise<SecretStatus> {
    const isFromEnvironment = this.#fromEnvironment(name) !== undefined;
    const isSet = isFromEnvironment || this.#kept[name] !== undefined;
    const vault = this.#kept[name]?.vault ?? (await this.#likelyKind());
    return { name, isSet, isFromEnvironment, vault };
  }

  /** Answers without waiting for a keyring. */
  async #likelyKind(): Promise<Vault> {
    const timer = new AbortController();
    const slow = delay(this.#slowMs, "keyring" as const, { signal: timer.signal, ref: false });
    const best = this.#bestVault().then(
      ({ kind }) => kind,
      () => "keyring" as const,
    );
    return Promise.race([best, slow]).finally(() => timer.abort());
  }

  #fromEnvironment(name: KeptName): string | undefined {
    const variable = VARIABLES[name];
    const given = variable === undefined ? undefined : this.#environment[variable]?.trim();
    return given === "" ? undefined : given;
  }

  async #keep(kept: Kept): Promise<void> {
    await writeJson(this.#path, { ...this.#unread, ...kept });
    this.#kept = kept;
  }

  #vault(kind: Vault): SecretVault {
    if (kind === "file") return FILE_VAULT;
    if (kind === "keyring") return this.#keyring;
    return this.#lent?.kind === kind ? borrowedVault(this.#lent) : absentVault(kind);
  }

  /** The keyring is tested once, when it is first needed, since that may ask a person to unlock it. */
  #bestVault(): Promise<SecretVault> {
    this.#best ??= this.#findBest().catch((error: unknown) => {
      this.#best = undefined;
      throw error;
    });
    return this.#best;
  }

  async #findBest(): Promise<SecretVault> {
    if (this.#lent?.kind === "safe-storage") return borrowedVault(this.#lent);
    const state = await this.#patiently(this.#keyring, () => this.#keyring.probe());
    if (state === "usable") return this.#keyring;
    if (state === "locked") throw vaultRefusal("keyring", "it is locked");
    return this.#lent === undefined ? FILE_VAULT : borrowedVault(this.#lent);
  }

  /** Asks a vault, and reports if a keyring takes long. */
  async #patiently<T>({ kind }: SecretVault, ask: () => Promise<T>): Promise<T> {
    let isSlow = false;
    const say = (): void => {
      isSlow = true;
      this.#waiting++;
      this.#onWaiting();
    };
    const timer = kind === "keyring" ? setTimeout(say, this.#slowMs).unref() : undefined;
    try {
      return await ask();
    } finally {
      clearTimeout(timer);
      if (isSlow) {
        this.#waiting--;
        this.#onWaiting();
      }
    }
  }
}
