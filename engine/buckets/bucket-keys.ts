import { z } from "zod";

const keysSchema = z.strictObject({
  origin: z.string(),
  accessKey: z.string(),
  secretKey: z.string(),
  sessionToken: z.string().optional(),
});

/** The keys that sign requests to one service. */
export type BucketKeys = Omit<z.output<typeof keysSchema>, "origin">;

/** A store of secrets by name. */
export interface SecretKeeper {
  get(name: `bucket-keys:${string}`): Promise<string | undefined>;
  set(name: `bucket-keys:${string}`, value: string): Promise<void>;
  remove(name: `bucket-keys:${string}`): Promise<void>;
}

/** The keys of connections, stored with the origin they are for and returned for no other. */
export class KeptKeys {
  readonly #keeper: SecretKeeper;

  constructor(keeper: SecretKeeper) {
    this.#keeper = keeper;
  }

  /** Refuses as SECRET_UNAVAILABLE if the vault is locked. */
  async get(id: string, origin: string): Promise<BucketKeys | undefined> {
    const text = await this.#keeper.get(`bucket-keys:${id}`);
    const kept = text === undefined ? undefined : parsed(text);
    if (kept?.origin !== origin) return undefined;
    const { origin: _, ...keys } = kept;
    return keys;
  }

  async set(id: string, origin: string, keys: BucketKeys): Promise<void> {
    await this.#keeper.set(`bucket-keys:${id}`, JSON.stringify({ origin, ...keys }));
  }

  async forget(id: string): Promise<void> {
    await this.#keeper.remove(`bucket-keys:${id}`);
  }
}

function parsed(text: string): z.output<typeof keysSchema> | undefined {
  try {
    return keysSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** A shorter key can be part of an ordinary word; real services have longer ones. */
const SHORTEST_SECRET = 8;

/** Removes secrets from a text in which a service may quote what it was sent. */
export function withoutKeys(text: string, keys: BucketKeys | undefined): string {
  const secrets = [keys?.secretKey, keys?.sessionToken, keys?.accessKey];
  return secrets
    .filter((secret) => secret !== undefined && secret.length >= SHORTEST_SECRET)
    .reduce<string>((left, secret = "") => left.replaceAll(secret, "…"), text);
}
