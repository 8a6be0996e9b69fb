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

/** Which vault keeps which secret, and what that vault wants remembered; a later version may keep more. */
const entrySchema = z.object({ vault: vaultSchema, sealed: z.string().max(100_000) });
type Kept = Readonly<Record<string, z.output<typeof entrySchema>>>;

/** Entries by name, each read by itself: what this version cannot read stays as it is. */
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

/** What is kept: what the contract names, and what belongs to endpoints, buckets and clusters, which the contract cannot reach. */
export type KeptName =
  | SecretName
  | `endpoint-token:${string}`
  | `endpoint-headers:${string}`
  | `bucket-keys:${string}`
  | `cluster-token:${string}`;

/** Environment variables that stand in for a secret. */
const VARIABLES: Readonly<Record<string, string>> = {
  "hub-token": "HF_TOKEN",
} satisfies Record<SecretName, string>;

export interface SecretsOptions {
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly keyring?: SecretVault & Pick<KeyringVault, "probe" | "close">;
  /** Told when the keyring keeps something waiting, and when it no longer does. */
  readonly onWaiting?: () => void;
  /** Until a person is told that the keyring is waited for. */
  readonly slowMs?: number;
}

const STAYS = "What cannot be read is kept as it is; a new one of the same name takes its place.";

const WAITING =
  "Waiting for the system's keyring: if it is locked, unlock it. Tokens are read and stored once it answers.";

/** A keyring that is unlocked answers in a fraction of this. */
const SLOW_MS = 3000;

/**
 * Tokens at rest. What the environment gives wins over what is kept, as it does for the hub's own
 * programs, so that one start can use another token. New ones go to the best vault there is: the
 * desktop's, the system's keyring, and where there is neither a file for this user's eyes only. A keyring
 * that is locked is waited for and then refused, since a plain file never takes its place.
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

  /** What was wrong with the file at start, and whether the keyring is waited for now, for a person. */
  get notices(): readonly string[] {
    return this.#waiting === 0 ? this.#found : [...this.#found, WAITING];
  }

  /** Asks no vault anything yet. A damaged file is set aside and named in `notices`. */
  static async open(
    dataFolder: string,
    lent?: LentVault,
    options: SecretsOptions = {},
  ): Promise<Secrets> {
    const path = join(dataFolder, "secrets.json");
    // Somebody may have copied it with wider permissions.
    await chmod(path, 0o600).catch(() => {});
    return new Secrets(dataFolder, await readJson(path, READING), lent, options);
  }

  /** Undefined where there is none. Refuses as SECRET_UNAVAILABLE where one is kept and cannot be had. */
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
      // What a vault out of reach still holds is of no use to us; the new one is kept all the same.
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

  /** Waits for no keyring any more. */
  close(): void {
    this.#keyring.close();
  }

  /** What is kept where; for what is not kept, where it would be. Values stay here. */
  status(): Promise<SecretStatus[]> {
    return Promise.all(secretNameSchema.options.map((name) => this.#statusOf(name)));
  }

  async #statusOf(name: SecretName): Promise<SecretStatus> {
    const isFromEnvironment = this.#fromEnvironment(name) !== undefined;
    const isSet = isFromEnvironment || this.#kept[name] !== undefined;
    const vault = this.#kept[name]?.vault ?? (await this.#likelyKind());
    return { name, isSet, isFromEnvironment, vault };
  }

  /** Nobody waits for a keyring to be told that there is one. */
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

  /** The keyring is tried out once, when it is first needed: that may ask a person to unlock it. */
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

  /** Asks a vault, and says so where a keyring takes its time. */
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
