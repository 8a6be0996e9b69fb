import { type Diagnosed, DOCTORS_ORDER, type Finding } from "../contract/doctor.ts";
import type { Endpoint, EndpointChange, EndpointCheck, QuietCheck } from "../contract/endpoints.ts";
import { StudioError, toWire } from "../contract/errors.ts";
import type { Order } from "../contract/order.ts";
import type { TrialNews } from "../contract/setting-trial.ts";
import { claimsKept, examinedEndpoint, given, unsavedEndpoint, type Access } from "./access.ts";
import { BoundSecrets, type SecretKeeper } from "./bound-secrets.ts";
import type { Polling } from "./cold-start.ts";
import { diagnose } from "./doctor/diagnose.ts";
import { readAddress } from "./endpoint-address.ts";
import { TIMING, type Timing } from "./endpoint-client.ts";
import { EndpointFile, type KeptEndpoint } from "./endpoint-file.ts";
import {
  assumedOf,
  changed,
  keptFrom,
  learned,
  notLookedAt,
  NOTHING_SECRET,
  refuseInTheClear,
  type AddedEndpoint,
  type Look,
} from "./endpoint-parts.ts";
import { checkHeaders } from "./extra-headers.ts";
import { Learning } from "./learning.ts";
import { PictureThread } from "./picture-thread.ts";
import { tokenIn } from "./token-text.ts";
import { sendingAll, triedSettings } from "./trial/sending-all.ts";
import { trySettings } from "./trial/try-settings.ts";
import { Meter } from "./watching/meter.ts";
import type { Counted } from "./watching/tally.ts";
import {
  checkQuietly,
  drawAt,
  lookAt,
  type DrawOptions,
  type Looking,
  type SentPicture,
  untilUp,
} from "./visit.ts";

/** How long its latest pictures took. */
export type History = Pick<Endpoint, "medianSeconds" | "medianOf" | "quietChecks">;

export interface EndpointsOptions {
  readonly dataFolder: string;
  readonly keeper: SecretKeeper;
  /** An endpoint's history by its id; empty before its first picture. */
  readonly historyOf: (id: string) => History;
  /** Why an endpoint cannot be removed now; completes "it is …". */
  readonly useOf: (id: string) => string | undefined;
  readonly onChange: (endpoint: Endpoint) => void;
  readonly onRemove: (id: string) => void;
  /** Called with each request for a picture and its result. */
  readonly onAsked?: ((id: string, counted: Counted) => void) | undefined;
  readonly now?: (() => Date) | undefined;
  readonly timing?: Timing | undefined;
  /** How often to ask during a start. */
  readonly polling?: Polling | undefined;
  /** Reads replies; by default a new one. */
  readonly thread?: PictureThread | undefined;
}

/** A person's inference endpoints, and the operations on them. */
export class Endpoints {
  readonly #options: EndpointsOptions;
  readonly #file: EndpointFile;
  readonly #secrets: BoundSecrets;
  readonly #thread: PictureThread;
  readonly #learning: Learning;

  private constructor(options: EndpointsOptions, file: EndpointFile) {
    this.#options = options;
    this.#file = file;
    this.#learning = new Learning(file, { now: this.#now, tell: (id) => this.tell(id) });
    this.#thread = options.thread ?? new PictureThread();
    this.#secrets = new BoundSecrets(options.keeper);
  }

  static async open(options: EndpointsOptions): Promise<Endpoints> {
    return new Endpoints(options, await EndpointFile.open(options.dataFolder));
  }

  /** Notices about what was wrong with the file at start. */
  get notices(): readonly string[] {
    return this.#file.notices;
  }

  list(): Endpoint[] {
    return this.#file.list().map((kept) => this.#told(kept));
  }

  get(id: string): Endpoint {
    return this.#told(this.#kept(id));
  }

  /** Adds an endpoint without contacting it. */
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

  /** Changes what is given; token and headers are kept only if the origin stays the same. */
  async change(change: EndpointChange): Promise<Endpoint> {
    const before = this.#kept(change.id);
    const headers = change.headers && checkHeaders(change.headers);
    const { origin } = readAddress(changed(before, change).url);
    if (origin !== readAddress(before.url).origin) await this.#secrets.forget(change.id);
    if (headers !== undefined) await this.#secrets.setHeaders(change.id, origin, headers);
    await this.#file.change(change.id, (kept) => changed(kept, change));
    return this.#publish(change.id);
  }

  /** Refuses as STATE_CONFLICT while it is in use. Its pictures stay. */
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

  /** A bearer token or the content of a `token.cfg`; null or an empty text removes it. */
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

  /** Looks at an endpoint, and learns what was not chosen. Refuses only if it does not exist. */
  async test(id: string, signal?: AbortSignal): Promise<EndpointCheck> {
    const kept = this.#kept(id);
    const look = this.#access(kept).then((access) => this.#look(kept, access, { signal }));
    const found = await look.catch((error: unknown) => notLookedAt(kept, error, this.#now()));
    await this.#learning.look(kept, found);
    return found.check;
  }

  /** Checks each part of the way to an endpoint, added or not; for an added one the result is stored. */
  async *diagnose(asked: Diagnosed, signal: AbortSignal): AsyncGenerator<Finding, void> {
    const isKept = "id" in asked;
    const kept = isKept ? this.#kept(asked.id) : unsavedEndpoint(asked.endpoint, this.#now());
    try {
      const access = isKept ? await this.#access(kept) : given(asked.endpoint);
      const { address, hasToken, ...rest } = examinedEndpoint(kept, access);
      // Being busy is a result, unless the caller wants to wait.
      const attempts = asked.isStartAwaited === true ? undefined : 1;
      // With what the look finds out: a new endpoint's model and settings are not known before.
      let known = kept;
      const draw = () => {
        const order = { ...DOCTORS_ORDER, model: known.model };
        return this.#tryOut(known, access, order, { signal, attempts });
      };
      yield* diagnose(
        {
          ...rest,
          address,
          hasToken,
          now: this.#now,
          look: async (onFirst) => {
            const found = await this.#look(kept, access, { signal, onFirst });
            // What a wrapper answers at v2's address is asked again: it may have been corrected.
            known = { ...learned(kept, kept, found), isV1Wrapper: undefined };
            if (isKept) await this.#learning.look(kept, found);
            return found;
          },
          awaitStart:
            asked.isStartAwaited === true
              ? (onStarting) => this.#awaitStart(kept, access, { signal, onStarting })
              : undefined,
          draw: asked.isPictureAsked ? draw : undefined,
        },
        signal,
      );
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof StudioError)) throw error;
      yield { step: "token", outcome: "failed", seen: error.message };
    }
  }

  /** Draws a few small pictures to find out which settings an endpoint uses, and stores what is known at each step. */
  async *trySettings(id: string, signal: AbortSignal): AsyncGenerator<TrialNews, void> {
    const kept = this.#kept(id);
    const access = await this.#access(kept);
    const sender = sendingAll(kept);
    const trial = trySettings({
      model: kept.model,
      settings: triedSettings(kept),
      draw: (order) => this.#tryOut(sender, access, order, { signal }),
    });
    try {
      for await (const news of trial) {
        if (Object.keys(news.verdicts).length > 0) await this.#learning.trial(kept, news);
        yield news;
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  /** Asks an endpoint for a picture, sending the part of the order that it takes. Rejects as `askEndpoint` does. */
  async draw(id: string, order: Order, options: DrawOptions): Promise<SentPicture> {
    const kept = this.#kept(id);
    const meter = this.#meter(id);
    try {
      const access = await this.#access(kept);
      const picture = await this.#drawBy(kept, access, order, { ...options, meter });
      meter.drawn(picture);
      await this.#learning.picture(id);
      return picture;
    } catch (error) {
      if (error instanceof StudioError) meter.failed(error.code);
      if (error instanceof StudioError) await this.#learning.failure(id, error);
      throw error;
    }
  }

  /** Asks an endpoint whether it is ready, and nothing else. */
  async checkQuietly(id: string, signal: AbortSignal): Promise<QuietCheck> {
    const kept = this.#kept(id);
    const now = this.#now;
    try {
      const visit = { kept, access: await this.#access(kept), timing: this.#timing };
      return await checkQuietly(visit, { now, signal });
    } catch (error) {
      if (!(error instanceof StudioError)) throw error;
      return { at: now().toISOString(), state: "failed", ms: 0, error: toWire(error) };
    }
  }

  /** Reports an endpoint whose history has changed. */
  tell(id: string): void {
    if (this.#file.find(id) !== undefined) this.#publish(id);
  }

  async close(): Promise<void> {
    if (this.#options.thread === undefined) await this.#thread.close();
  }

  /** Draws a test picture. Its cost counts; a failure is reported only to the test that requested it. */
  async #tryOut(
    kept: KeptEndpoint,
    access: Access,
    order: Order,
    options: DrawOptions,
  ): Promise<SentPicture> {
    const meter = this.#meter(kept.id);
    const picture = await this.#drawBy(kept, access, order, { ...options, meter });
    meter.triedOut(picture);
    return picture;
  }

  /** Counts nothing for an endpoint that has not been added. */
  #meter(id: string): Meter {
    return new Meter((counted) => this.#file.find(id) && this.#options.onAsked?.(id, counted));
  }

  readonly #now = (): Date => (this.#options.now ?? (() => new Date()))();

  #kept(id: string): KeptEndpoint {
    const kept = this.#file.find(id);
    if (kept === undefined) throw new StudioError("NOT_FOUND", { what: "endpoint", id });
    return kept;
  }

  #told(kept: KeptEndpoint): Endpoint {
    const { isModelChosen: _m, isProfileChosen: _p, isKindChosen: _k, ...endpoint } = kept;
    const { origin } = readAddress(kept.url);
    return { ...endpoint, origin, ...assumedOf(kept), ...this.#options.historyOf(kept.id) };
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
    return { hasToken: true, ...claimsKept(token) };
  }

  async #access({ id, url, hasToken }: KeptEndpoint): Promise<Access> {
    const { origin } = readAddress(url);
    const token = await this.#secrets.token(id, origin);
    const headers = await this.#secrets.headers(id, origin);
    if (hasToken && token === undefined) {
      const reason = "it is no longer stored on this computer";
      throw new StudioError("ENDPOINT_TOKEN_REFUSED", { reason });
    }
    return { token, headers };
  }

  #look(
    kept: KeptEndpoint,
    access: Access,
    { signal, onFirst }: Pick<Looking, "signal" | "onFirst">,
  ): Promise<Look> {
    return lookAt({ kept, access, timing: this.#timing }, { signal, onFirst, now: this.#now });
  }

  async #awaitStart(
    kept: KeptEndpoint,
    access: Access,
    { signal, onStarting }: Required<Pick<DrawOptions, "signal" | "onStarting">>,
  ): Promise<void> {
    const { polling } = this.#options;
    const waiting = { signal, polling, onStarting };
    const seconds = await untilUp({ kept, access, timing: this.#timing }, waiting);
    if (seconds !== undefined) this.#learning.start(kept.id, seconds);
  }

  #drawBy(
    kept: KeptEndpoint,
    access: Access,
    order: Order,
    { meter, ...options }: DrawOptions & { readonly meter?: Meter },
  ): Promise<SentPicture> {
    const { id } = kept;
    const drawing = {
      ...options,
      onTraffic: meter?.onTraffic,
      thread: this.#thread,
      polling: this.#options.polling,
      isWarm: this.#learning.isWarm(id),
      onV1Wrapper: (isV1Wrapper: boolean) => this.#learning.v1Wrapper(id, isV1Wrapper),
      onStarted: (seconds: number) => this.#learning.start(id, seconds),
    };
    return drawAt({ kept, access, timing: this.#timing }, order, drawing);
  }

  get #timing(): Timing {
    return this.#options.timing ?? TIMING;
  }
}
