import { z } from "zod";
import type { ExtraHeader } from "./extra-headers.ts";

/** A store of secrets by name. */
export interface SecretKeeper {
  get(name: EndpointSecretName): Promise<string | undefined>;
  set(name: EndpointSecretName, value: string): Promise<void>;
  remove(name: EndpointSecretName): Promise<void>;
}

export type EndpointSecretName = `endpoint-token:${string}` | `endpoint-headers:${string}`;

const tokenSchema = z.strictObject({ origin: z.string(), token: z.string() });
const headersSchema = z.strictObject({
  origin: z.string(),
  headers: z.array(z.object({ name: z.string(), value: z.string() })),
});

/** The secrets of endpoints: each is stored with the origin it is for, and returned for no other. */
export class BoundSecrets {
  readonly #keeper: SecretKeeper;

  constructor(keeper: SecretKeeper) {
    this.#keeper = keeper;
  }

  /** Refuses as SECRET_UNAVAILABLE if the vault is locked. */
  async token(id: string, origin: string): Promise<string | undefined> {
    const kept = tokenSchema.safeParse(await this.#read(`endpoint-token:${id}`)).data;
    return kept?.origin === origin ? kept.token : undefined;
  }

  async setToken(id: string, origin: string, token: string | undefined): Promise<void> {
    const name = `endpoint-token:${id}` as const;
    if (token === undefined) await this.#keeper.remove(name);
    else await this.#keeper.set(name, JSON.stringify({ origin, token }));
  }

  async headers(id: string, origin: string): Promise<readonly ExtraHeader[]> {
    const kept = headersSchema.safeParse(await this.#read(`endpoint-headers:${id}`)).data;
    return kept?.origin === origin ? kept.headers : [];
  }

  async setHeaders(id: string, origin: string, headers: readonly ExtraHeader[]): Promise<void> {
    const name = `endpoint-headers:${id}` as const;
    if (headers.length === 0) await this.#keeper.remove(name);
    else await this.#keeper.set(name, JSON.stringify({ origin, headers }));
  }

  /** Deletes all secrets of an endpoint. */
  async forget(id: string): Promise<void> {
    await this.#keeper.remove(`endpoint-token:${id}`);
    await this.#keeper.remove(`endpoint-headers:${id}`);
  }

  async #read(name: EndpointSecretName): Promise<unknown> {
    const text = await this.#keeper.get(name);
    if (text === undefined) return undefined;
    try {
      return JSON.parse(text);
    } catch {
      return undefined;
    }
  }
}
