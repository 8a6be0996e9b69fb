import type { Endpoint, EndpointChange, EndpointCheck } from "../contract/endpoints.ts";
import { StudioError, toWire } from "../contract/errors.ts";
import type { Order } from "../contract/order.ts";
import { askEndpoint, atV1, type ToldPicture } from "./ask-endpoint.ts";
import { BoundSecrets, type SecretKeeper } from "./bound-secrets.ts";
import { isPlain, modelPath, readAddress } from "./endpoint-address.ts";
import { TIMING, tokenOverHttp, type Timing } from "./endpoint-client.ts";
import { EndpointFile, type KeptEndpoint } from "./endpoint-file.ts";
import {
  changed,
  keptFrom,
  learned,
  notLookedAt,
  NOTHING_SECRET,
  SEED_MODEL,
  type AddedEndpoint,
} from "./endpoint-parts.ts";
import { checkHeaders } from "./extra-headers.ts";
import { type AskingClient, clientFor, kindOf } from "./kinds/kinds.ts";
import { PictureThread } from "./picture-thread.ts";
import { sentOrder } from "./sent-order.ts";
import { claimsOf, tokenIn } from "./token-text.ts";
import {
  checkWithNoToken,
  checkWithout,
  noTokenSent,
  refusalWithout,
  withoutSecrets,
} from "./told-refusals.ts";

/** A picture, what an endpoint told of it, and the order as far as it was sent. */
export interface SentPicture extends ToldPicture {
  readonly sent: Order;
}

/** How long pictures took lately. */
export type History = Pick<Endpoint, "medianSeconds" | "medianOf">;

export interface EndpointsOptions {
  readonly dataFolder: string;
  readonly keeper: SecretKeeper;
  /** Of an endpoint by its id; nothing before its first picture. */
  readonly historyOf: (id: string) => History;
  /** Why one cannot be removed now; completes "it is …". */
  readonly useOf: (id: string) => string | undefined;
  readonly onChange: (endpoint: Endpoint) => void;
  readonly onRemove: (id: string) => void;
  readonly now?: (() => Date) | undefined;
  readonly timing?: Timing | undefined;
  /** Reads replies; one of its own by default. */
  readonly thread?: PictureThread | undefined;
}

export interface DrawOptions {
  readonly signal: AbortSignal;
  /** Told of every attempt, from 1 on. */
  readonly onAttempt?: (attempt: number) => void;
}

/** Time for a look; pictures have the endpoint's own. */
const LOOK_MS = 30_000;

/** A header's value that is shorter is a tenant's name rather than a key, and may stand in any text. */
const MIN_SECRET = 16;

/** The inference endpoints that a person added, and everything that can be asked of them. */
export class Endpoints {
  readonly #options: EndpointsOptions;
  readonly #file: EndpointFile;
  readonly #secrets: BoundSecrets;
  readonly #thread: PictureThread;

  private constructor(options: EndpointsOptions, file: EndpointFile) {
    this.#options = options;
    this.#file = file;
    this.#thread = options.thread ?? new PictureThread();
    this.#secrets = new BoundSecrets(options.keeper);
  }

  static async open(options: EndpointsOptions): Promise<Endpoints> {
    return new Endpoints(options, await EndpointFile.open(options.dataFolder));
  }

  /** What was wrong with the file at start, for a person. */
  get notices(): readonly string[] {
    return this.#file.notices;
  }

  list(): Endpoint[] {
    return this.#file.list().map((kept) => this.#told(kept));
  }

  get(id: string): Endpoint {
    return this.#told(this.#kept(id));
  }

  /** Adds one without asking it anything. */
  async add(added: AddedEndpoint): Promise<Endpoint> {
    const address = readAddress(added.url);
    const headers = checkHeaders(added.headers);
    const kept = keptFrom(added, address, this.#now());
    const token = added.token === undefined ? undefined : tokenIn(added.token);
    if (token !== undefined) refuseInTheClear(kept);
    await this.#secrets.setHeaders(kept.id, address.origin, headers);
    await this.#file.add({ ...kept, ...(await this.#keepToken(kept, token)) });
    return this.#publish(kept.id);
  }

  /** What is absent stays as it is; token and headers stay only while the origin does. */
  async change(change: EndpointChange): Promise<Endpoint> {
    const before = this.#kept(change.id);
    const headers = change.headers && checkHeaders(change.headers);
    const { origin } = readAddress(changed(before, change).url);
    if (origin !== readAddress(before.url).origin) await this.#secrets.forget(change.id);
    if (headers !== undefined) await this.#secrets.setHeaders(change.id, origin, headers);
    await this.#file.change(change.id, (kept) => changed(kept, change));
    return this.#publish(change.id);
  }

  /** Refuses as STATE_CONFLICT while it is needed. Its pictures stay. */
  async remove(id: string): Promise<void> {
    const { name } = this.#kept(id);
    const state = this.#options.useOf(id);
    if (state !== undefined) {
      throw new StudioError("STATE_CONFLICT", { what: name, wanted: "removed", state });
    }
    await this.#secrets.forget(id);
    await this.#file.remove(id);
    this.#options.onRemove(id);
  }

  /** A bearer token or the content of a `token.cfg`; null, or one that is empty, forgets it. */
  async setToken(id: string, text: string | null): Promise<Endpoint> {
    const kept = this.#kept(id);
    const token = text === null ? undefined : tokenIn(text);
    if (token !== undefined) refuseInTheClear(kept);
    const told = await this.#keepToken(kept, token);
    await this.#file.change(id, ({ check, ...endpoint }) => ({
      ...endpoint,
      ...told,
      ...(check && { check: { ...check, isOutdated: true } }),
    }));
    return this.#publish(id);
  }

  /** Looks at one, and learns from it what nobody chose. Refuses only where there is none. */
  async test(id: string, signal?: AbortSignal): Promise<EndpointCheck> {
    const kept = this.#kept(id);
    const address = readAddress(kept.url);
    const timeoutMs = Math.min(LOOK_MS, kept.timeoutSeconds * 1000);
    const look = this.#with(kept, async (client, secrets) => {
      const base = kept.kind === "grpc" ? "" : address.basePath;
      const checked = await kindOf(kept.kind).look({
        get: (path, message) =>
          client.ask({ path: `${base}${path}`, timeoutMs, signal, ...(message && { message }) }),
        modelPath: (name) => modelPath({ ...address, basePath: "" }, name),
        model: kept.isModelChosen ? kept.model : undefined,
        otherwise: SEED_MODEL,
        now: this.#now,
      });
      return {
        model: withoutSecrets(checked.model, secrets),
        check: checkWithout(
          kept.hasToken ? checked.check : checkWithNoToken(checked.check),
          secrets,
        ),
        certificate: client.certificate,
      };
    });
    const found = await look.catch((error: unknown) => notLookedAt(kept, error, this.#now()));
    await this.#file.change(id, (now) => learned(now, kept, found));
    this.tell(id);
    return found.check;
  }

  /** Asks one for a picture, sending what of the order it takes. Rejects as `askEndpoint` does. */
  async draw(id: string, order: Order, options: DrawOptions): Promise<SentPicture> {
    const kept = this.#kept(id);
    const at = readAddress(kept.url);
    const sent = sentOrder(order, kept);
    try {
      const picture = await this.#with(kept, async (client, secrets) => {
        const { device, ...told } = await askEndpoint(sent, {
          client,
          thread: this.#thread,
          request: () => {
            const asked = kindOf(kept.kind).ask(sent, kept, at);
            return kept.isV1Wrapper === true ? atV1(asked) : asked;
          },
          timeoutMs: kept.timeoutSeconds * 1000,
          onV1: () => this.#learnV1(id),
          ...options,
        });
        return {
          ...told,
          ...(device !== undefined && { device: withoutSecrets(device, secrets) }),
          sent,
        };
      });
      await this.#remember(id, undefined);
      return picture;
    } catch (error) {
      if (error instanceof StudioError) await this.#remember(id, error);
      throw error;
    }
  }

  /** Tells of one that is as it was, where its history is not. */
  tell(id: string): void {
    if (this.#file.find(id) !== undefined) this.#publish(id);
  }

  async close(): Promise<void> {
    if (this.#options.thread === undefined) await this.#thread.close();
  }

  readonly #now = (): Date => (this.#options.now ?? (() => new Date()))();

  #kept(id: string): KeptEndpoint {
    const kept = this.#file.find(id);
    if (kept === undefined) throw new StudioError("NOT_FOUND", { what: "endpoint", id });
    return kept;
  }

  #told(kept: KeptEndpoint): Endpoint {
    const { isModelChosen: _m, isProfileChosen: _p, ...endpoint } = kept;
    const { origin } = readAddress(kept.url);
    return { ...endpoint, origin, ...this.#options.historyOf(kept.id) };
  }

  #publish(id: string): Endpoint {
    const endpoint = this.get(id);
    this.#options.onChange(endpoint);
    return endpoint;
  }

  async #keepToken(kept: KeptEndpoint, token: string | undefined): Promise<Partial<KeptEndpoint>> {
    await this.#secrets.setToken(kept.id, readAddress(kept.url).origin, token);
    const { hasToken, tokenExpiresAt, tokenSubject } = NOTHING_SECRET;
    if (token === undefined) return { hasToken, tokenExpiresAt, tokenSubject };
    const { expiresAt, subject } = claimsOf(token);
    return { hasToken: true, tokenExpiresAt: expiresAt, tokenSubject: subject };
  }

  /** Speaks with one over a connection that ends with the work; no refusal quotes what is secret. */
  async #with<T>(
    kept: KeptEndpoint,
    work: (client: AskingClient, secrets: readonly string[]) => Promise<T>,
  ): Promise<T> {
    const { ca, isInsecure, isTokenOverHttp, id } = kept;
    const { origin } = readAddress(kept.url);
    const token = await this.#secrets.token(id, origin);
    const headers = await this.#secrets.headers(id, origin);
    if (kept.hasToken && token === undefined) {
      throw new StudioError("ENDPOINT_TOKEN_REFUSED", { reason: "it is no longer kept here" });
    }
    const connection = { origin, token, headers, ca, isInsecure, isTokenOverHttp };
    const timing = this.#options.timing ?? TIMING;
    const client = await clientFor(kept.kind, connection, timing);
    const values = headers.map(({ value }) => value).filter(({ length }) => length >= MIN_SECRET);
    const secrets = token === undefined ? values : [token, ...values];
    try {
      return await work(client, secrets);
    } catch (error) {
      throw refusalWithout(token === undefined ? noTokenSent(error) : error, secrets);
    } finally {
      client.close();
    }
  }

  #learnV1(id: string): void {
    // Otherwise it is learned again, at the price of another picture.
    void this.#file.change(id, asV1Wrapper).then(
      () => this.tell(id),
      () => undefined,
    );
  }

  async #remember(id: string, error: StudioError | undefined): Promise<void> {
    const lastError = error && toWire(error);
    const known = this.#file.find(id)?.lastError;
    if (known === undefined && lastError === undefined) return;
    const change = (kept: KeptEndpoint): KeptEndpoint => {
      const { lastError: _, ...rest } = kept;
      return { ...rest, ...(lastError && { lastError }) };
    };
    // A full disk must not cost a picture that is there.
    await this.#file.change(id, change).catch(() => undefined);
    this.tell(id);
  }
}

function asV1Wrapper(kept: KeptEndpoint): KeptEndpoint {
  return { ...kept, isV1Wrapper: true };
}

function refuseInTheClear({ url, isTokenOverHttp }: KeptEndpoint): void {
  if (isPlain(readAddress(url).origin) && !isTokenOverHttp) throw tokenOverHttp();
}
