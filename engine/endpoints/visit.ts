import type { Order } from "../contract/order.ts";
import { secretsIn, tellingFirst, type Access } from "./access.ts";
import { askEndpoint, atV1, type ToldPicture } from "./ask-endpoint.ts";
import type { Get } from "./check-endpoint.ts";
import type { FirstReply } from "./doctor/patient.ts";
import { modelPath, readAddress } from "./endpoint-address.ts";
import type { Timing } from "./endpoint-client.ts";
import type { KeptEndpoint } from "./endpoint-file.ts";
import { SEED_MODEL, type Look } from "./endpoint-parts.ts";
import { type AskingClient, clientFor, kindOf } from "./kinds/kinds.ts";
import type { PictureThread } from "./picture-thread.ts";
import { sentOrder } from "./sent-order.ts";
import {
  checkWithNoToken,
  checkWithout,
  noTokenSent,
  refusalWithout,
  withoutSecrets,
} from "./told-refusals.ts";

/** Whom a connection is made to, and with what. */
export interface Visit {
  readonly kept: KeptEndpoint;
  readonly access: Access;
  readonly timing: Timing;
}

export interface Looking {
  readonly now: () => Date;
  readonly signal?: AbortSignal | undefined;
  /** Told of the first reply as soon as it is there. */
  readonly onFirst?: ((reply: FirstReply) => void) | undefined;
}

/** Time for a look; pictures have the endpoint's own. */
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
      otherwise: SEED_MODEL,
      now,
    });
    const check = kept.hasToken ? checked.check : checkWithNoToken(checked.check);
    return {
      model: withoutSecrets(checked.model, secrets),
      check: checkWithout(check, secrets),
      certificate: client.certificate,
    };
  });
}

/** A picture, what an endpoint told of it, and the order as far as it was sent. */
export interface SentPicture extends ToldPicture {
  readonly sent: Order;
}

export interface DrawOptions {
  readonly signal: AbortSignal;
  /** Told of every attempt, from 1 on. */
  readonly onAttempt?: (attempt: number) => void;
}

interface Drawing extends DrawOptions {
  readonly thread: PictureThread;
  readonly onV1: () => void;
}

/** Asks an endpoint for a picture, sending what of the order it takes. Rejects as `askEndpoint` does. */
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
    const asking = { ...drawing, client, request, timeoutMs };
    const { device, ...picture } = await askEndpoint(sent, asking);
    const named = device === undefined ? {} : { device: withoutSecrets(device, secrets) };
    return { ...picture, ...named, sent };
  });
}

/** Speaks with one over a connection that ends with the work; no refusal quotes what is secret. */
async function speak<T>(
  { kept: { ca, isInsecure, isTokenOverHttp, url, kind }, access, timing }: Visit,
  work: (client: AskingClient, secrets: readonly string[]) => Promise<T>,
): Promise<T> {
  const { origin } = readAddress(url);
  const connection = { origin, ...access, ca, isInsecure, isTokenOverHttp };
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
