import type { Order } from "../contract/order.ts";
import type { QuietCheck } from "../contract/endpoints.ts";
import { StudioError, toWire } from "../contract/errors.ts";
import type { Starting } from "../contract/progress.ts";
import { secretsIn, tellingFirst, type Access } from "./access.ts";
import { askEndpoint, atV1, type ToldPicture, type Traffic } from "./ask-endpoint.ts";
import type { Get } from "./check-endpoint.ts";
import { ColdStart, type Polling } from "./cold-start.ts";
import { readinessIn } from "./start-signs.ts";
import type { FirstReply } from "./doctor/examined-endpoint.ts";
import { modelPath, readAddress } from "./endpoint-address.ts";
import type { Timing } from "./endpoint-client.ts";
import type { KeptEndpoint } from "./endpoint-file.ts";
import { NOTEBOOK_MODEL, type Look } from "./endpoint-parts.ts";
import { type AskingClient, clientFor, kindOf } from "./kinds/kinds.ts";
import { unreachable } from "./connection-refusal.ts";
import { orError } from "./look-parts.ts";
import type { PictureThread } from "./picture-thread.ts";
import { sentOrder } from "./sent-order.ts";
import {
  checkWithNoToken,
  checkWithout,
  noTokenSent,
  refusalWithout,
  withoutSecrets,
} from "./told-refusals.ts";

/** The endpoint to connect to, and what is needed for it. */
export interface Visit {
  readonly kept: KeptEndpoint;
  readonly access: Access;
  readonly timing: Timing;
}

export interface Looking {
  readonly now: () => Date;
  readonly signal?: AbortSignal | undefined;
  /** Called with the first reply as soon as it arrives. */
  readonly onFirst?: ((reply: FirstReply) => void) | undefined;
}

/** Time limit for a look; pictures have the endpoint's own limit. */
const LOOK_MS = 30_000;

/** Looks at an endpoint: whether it is ready, what it is, and what its model takes. */
export function lookAt(visit: Visit, { now, signal, onFirst }: Looking): Promise<Look> {
  const { kept, access } = visit;
  const address = readAddress(kept.url);
  const timeoutMs = Math.min(LOOK_MS, kept.timeoutSeconds * 1000);
  return speak(visit, async (client, secrets) => {
    const base = kept.kind === "grpc" ? "" : address.basePath;
    const ask: Get = (path, message) =>
      client.ask({ path: `${base}${path}`, timeoutMs, signal, ...(message && { message }) });
    const clean = (error: unknown) => told(error, access, secrets);
    const checked = await kindOf(kept.kind).look({
      get: onFirst === undefined ? ask : tellingFirst(ask, onFirst, clean),
      modelPath: (name) => modelPath({ ...address, basePath: "" }, name),
      model: kept.isModelChosen ? kept.model : undefined,
      isKindChosen: kept.isKindChosen,
      otherwise: NOTEBOOK_MODEL,
      now,
    });
    const check = kept.hasToken ? checked.check : checkWithNoToken(checked.check);
    return {
      model: withoutSecrets(checked.model, secrets),
      kind: checked.kind,
      check: checkWithout(check, secrets),
      metadata: checked.metadata,
      certificate: client.certificate,
    };
  });
}

/** A picture, what the endpoint reported about it, and the part of the order that was sent. */
export interface SentPicture extends ToldPicture {
  readonly sent: Order;
}

export interface DrawOptions {
  readonly signal: AbortSignal;
  /** Called before every attempt, from 1. */
  readonly onAttempt?: (attempt: number) => void;
  /** Called with the progress of a start, and with undefined once it is up. */
  readonly onStarting?: ((starting: Starting | undefined) => void) | undefined;
  /** Called when the server has the request, and when it no longer has. */
  readonly onOut?: ((isOut: boolean) => void) | undefined;
  /**
   * Maximum number of attempts at a busy endpoint; five by default. With one attempt, it does not wait for a start
   * either.
   */
  readonly attempts?: number | undefined;
}

interface Drawing extends DrawOptions {
  readonly onTraffic?: ((traffic: Traffic) => void) | undefined;
  readonly polling?: Polling | undefined;
  /** Whether it replied a moment ago: then nothing is asked before the picture. */
  readonly isWarm: boolean;
  /** Called after a start that was waited for. */
  readonly onStarted: (seconds: number) => void;
  readonly thread: PictureThread;
  readonly onV1Wrapper: (isV1Wrapper: boolean) => void;
}

/** Asks an endpoint for a picture, sending the part of the order that it takes. Rejects as `askEndpoint` does. */
export function drawAt(visit: Visit, order: Order, drawing: Drawing): Promise<SentPicture> {
  const { kept } = visit;
  const at = readAddress(kept.url);
  const sent = sentOrder(order, kept);
  const request = () => {
    const asked = kindOf(kept.kind).ask(sent, kept, at);
    return kept.isV1Wrapper === true ? atV1(asked) : asked;
  };
  return speak(visit, async (client, secrets) => {
    const timeoutMs = kept.timeoutSeconds * 1000;
    const start = startOf(visit, client, drawing);
    const asking = { ...drawing, client, request, timeoutMs, start };
    const { device, ...picture } = await askEndpoint(sent, asking);
    const named = device === undefined ? {} : { device: withoutSecrets(device, secrets) };
    return { ...picture, ...named, sent };
  });
}

function startOf({ kept }: Visit, client: AskingClient, drawing: Drawing) {
  const { signal, polling, isWarm, onStarting, onStarted, attempts } = drawing;
  const start = new ColdStart({
    ...startParts(kept, client),
    ...(attempts === 1 && { limitMs: 0 }),
    signal,
    polling,
    onStarting: (starting) => {
      onStarting?.(starting);
      if (starting === undefined && start.seconds !== undefined) onStarted(start.seconds);
    },
  });
  const before = async () => (isWarm ? undefined : start.before());
  return { before, through: <T>(work: () => Promise<T>) => start.through(work) };
}

function startParts(kept: KeptEndpoint, client: AskingClient) {
  const { path, message } = kindOf(kept.kind).probe(kept.model, readAddress(kept.url));
  return {
    probe: (signal: AbortSignal) =>
      client.ask({ path, timeoutMs: LONGEST_MS, signal, ...(message && { message }) }),
    limitMs: kept.startSeconds * 1000,
    hasAnswered: kept.hasAnswered === true,
    lastSeconds: kept.starts?.[0]?.seconds,
  };
}

/** Asks whether it is ready, and nothing else. Rejects if it may not be asked, or with the signal's reason. */
export async function checkQuietly(
  visit: Visit,
  { now, signal }: Pick<Looking, "now"> & { readonly signal: AbortSignal },
): Promise<QuietCheck> {
  const at = now().toISOString();
  const from = performance.now();
  const found = await orError(() =>
    speak(visit, async (client) => {
      const { probe } = startParts(visit.kept, client);
      return readinessIn(await probe(AbortSignal.any([signal, AbortSignal.timeout(LOOK_MS)])));
    }).catch((error: unknown) => {
      signal.throwIfAborted();
      if (!(error instanceof DOMException)) throw error;
      const { host } = new URL(readAddress(visit.kept.url).origin);
      throw unreachable(host, `nothing came within ${LOOK_MS / 1000} s`);
    }),
  );
  const ms = Math.round(performance.now() - from);
  if (found instanceof StudioError) return { at, state: "failed", ms, error: toWire(found) };
  return {
    at,
    ms,
    state: found.state,
    ...(found.error && { error: toWire(told(found.error, visit.access, secretsIn(visit.access))) }),
  };
}

/** The code that waits for a start limits each request itself. */
const LONGEST_MS = 3_600_000;

/** Waits until an endpoint is up and reports progress. Resolves with the seconds it took, if it had to start. */
export function untilUp(
  visit: Visit,
  waiting: Required<Pick<DrawOptions, "signal" | "onStarting">> & Pick<Drawing, "polling">,
): Promise<number | undefined> {
  return speak(visit, async (client) => {
    const { onStarting = () => {}, signal, polling } = waiting;
    const start = new ColdStart({ ...startParts(visit.kept, client), signal, polling, onStarting });
    await start.before();
    return start.seconds;
  });
}

/** Runs work with a connection that is closed afterwards; refusals do not quote secrets. */
async function speak<T>(
  { kept: { ca, isInsecure, isTokenOverHttp, isDirect, url, kind }, access, timing }: Visit,
  work: (client: AskingClient, secrets: readonly string[]) => Promise<T>,
): Promise<T> {
  const { origin } = readAddress(url);
  const connection = { origin, ...access, ca, isInsecure, isTokenOverHttp, isDirect };
  const client = await clientFor(kind, connection, timing);
  const secrets = secretsIn(access);
  try {
    return await work(client, secrets);
  } catch (error) {
    throw told(error, access, secrets);
  } finally {
    client.close();
  }
}

function told(error: unknown, { token }: Access, secrets: readonly string[]): unknown {
  return refusalWithout(token === undefined ? noTokenSent(error) : error, secrets);
}
