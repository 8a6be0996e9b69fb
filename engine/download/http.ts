import { StudioError } from "../contract/errors.ts";
import { isThisMachine } from "../network/this-machine.ts";
import { brokenConnection, Interrupted, isPassing, type Patience } from "./persist.ts";

/** The part of `fetch` that is used: Node's own and undici's both match. */
export type Fetch = (
  url: URL,
  init: {
    readonly headers: Record<string, string>;
    readonly redirect: "manual";
    readonly signal: AbortSignal;
  },
) => Promise<FetchAnswer>;

interface FetchAnswer {
  readonly status: number;
  readonly headers: HeaderValues;
  readonly body: (AsyncIterable<Uint8Array> & { cancel(): Promise<void> }) | null;
}

interface HeaderValues {
  get(name: string): string | null;
}

/** How requests are made and retried. */
export interface Http extends Patience {
  readonly fetch: Fetch;
  /** Silence longer than this counts as a broken connection. */
  readonly stallMs: number;
  /** A host that the user trusts without TLS, besides this machine. */
  readonly plainHost?: string | undefined;
}

/** A reply whose body has not been read: read `chunks` to the end or call `close`. */
export interface Reply {
  readonly status: number;
  readonly headers: HeaderValues;
  /** Whether a redirect led to another origin or a signed address, so that the reply is not the first server's. */
  readonly isElsewhere: boolean;
  readonly chunks: AsyncGenerator<Uint8Array, void, undefined>;
  close(): Promise<void>;
}

const MAX_REDIRECTS = 5;
/** Replies to an expired signed address: 403 from S3, 400 and 401 from Google and Azure. */
const EXPIRED_STATUS: ReadonlySet<number> = new Set([400, 401, 403, 410]);

/**
 * A GET that follows at most five redirects, never from TLS to plain text, and plain text only within this machine.
 * `authorization` is sent to the first origin only.
 */
export async function get(
  address: string,
  headers: Readonly<Record<string, string>>,
  http: Http,
): Promise<Reply> {
  const watch = watchStall(http);
  try {
    const first = safeAddress(address, { address, http });
    for (let url = first, hop = 0; hop <= MAX_REDIRECTS; hop++) {
      const { authorization, ...others } = headers;
      const isHome = url.origin === first.origin && authorization !== undefined;
      const sent = isHome ? { ...others, authorization } : others;
      const response = await send(url, sent, http, watch);
      const location = redirectOf(response);
      if (location === null) {
        const isElsewhere = hop > 0 && (url.origin !== first.origin || url.search !== "");
        return replyOf(response, isElsewhere, http, watch);
      }
      await abandon(response);
      url = safeAddress(location, { address, http, from: url });
    }
    throw http.failed(address, `it redirects more than ${MAX_REDIRECTS} times`);
  } catch (error) {
    watch.stop();
    throw error;
  }
}

/** The body of a 200 reply, at most `maxBytes` after decoding. */
export async function getBody(
  url: string,
  maxBytes: number,
  http: Http,
  headers: Readonly<Record<string, string>> = {},
): Promise<Buffer<ArrayBuffer>> {
  const reply = await get(url, headers, http);
  if (reply.status !== 200) return refuseStatus(url, reply, http);
  return readBody(url, reply, maxBytes, http);
}

/** The body of a 200 reply as JSON, at most `maxBytes` after decoding. */
export async function getJson(url: string, maxBytes: number, http: Http): Promise<unknown> {
  const body = await getBody(url, maxBytes, http, { accept: "application/json" });
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    throw http.failed(url, "its answer is not JSON");
  }
}

/** A body of at most `maxBytes` after decoding. */
export async function readBody(
  url: string,
  { chunks }: Reply,
  maxBytes: number,
  http: Http,
): Promise<Buffer<ArrayBuffer>> {
  const read: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of chunks) {
    sizeBytes += chunk.byteLength;
    if (sizeBytes > maxBytes) throw http.failed(url, `its answer exceeds ${maxBytes} bytes`);
    read.push(chunk);
  }
  return Buffer.concat(read);
}

/**
 * Closes the reply and throws: Interrupted for a temporary status, and for an expired signed address, since the next
 * attempt gets a new one; the refusal for anything else.
 */
export async function refuseStatus(url: string, reply: Reply, http: Http): Promise<never> {
  await reply.close();
  const { status, isElsewhere } = reply;
  if (isElsewhere && EXPIRED_STATUS.has(status)) {
    throw new Interrupted(`the storage that it led to answered ${status}`);
  }
  const reason = `the server answered ${status}`;
  throw isPassing(status) ? new Interrupted(reason) : http.failed(url, reason, status);
}

interface StallWatch {
  readonly signal: AbortSignal;
  readonly stalled: () => boolean;
  start(): void;
  stop(): void;
}

function watchStall({ stallMs, signal }: Http): StallWatch {
  const silence = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const stop = () => clearTimeout(timer);
  return {
    signal: signal ? AbortSignal.any([signal, silence.signal]) : silence.signal,
    stalled: () => silence.signal.aborted,
    start: () => {
      stop();
      timer = setTimeout(() => silence.abort(), stallMs);
    },
    stop,
  };
}

async function send(
  url: URL,
  headers: Readonly<Record<string, string>>,
  http: Http,
  watch: StallWatch,
): Promise<FetchAnswer> {
  watch.start();
  try {
    return await http.fetch(url, {
      headers: { ...headers },
      redirect: "manual",
      signal: watch.signal,
    });
  } catch (error) {
    throw interruption(error, http, watch);
  }
}

function replyOf(
  response: FetchAnswer,
  isElsewhere: boolean,
  http: Http,
  watch: StallWatch,
): Reply {
  const chunks = chunksOf(response, http, watch);
  return {
    status: response.status,
    headers: response.headers,
    isElsewhere,
    chunks,
    close: async () => {
      watch.stop();
      await abandon(response);
    },
  };
}

/** Discards a body. One that broke or is being read needs no cancelling. */
async function abandon({ body }: FetchAnswer): Promise<void> {
  await body?.cancel().catch(() => {});
}

// The stall timer is paused while the reader works: a slow disk is not a silent server.
async function* chunksOf(response: FetchAnswer, http: Http, watch: StallWatch) {
  try {
    for await (const chunk of response.body ?? []) {
      watch.stop();
      yield chunk;
      watch.start();
    }
  } catch (error) {
    throw interruption(error, http, watch);
  } finally {
    watch.stop();
  }
}

/** The error of a failed request: a cancel or refusal as it is, anything else as an interruption. */
function interruption(error: unknown, { signal, stallMs }: Http, watch: StallWatch): unknown {
  if (signal?.aborted) return signal.reason;
  if (error instanceof StudioError) return error;
  if (watch.stalled()) return new Interrupted(`nothing came for ${stallMs / 1000} s`);
  return brokenConnection(error);
}

function redirectOf(response: FetchAnswer): string | null {
  const redirects = response.status >= 300 && response.status < 400 && response.status !== 304;
  return redirects ? response.headers.get("location") : null;
}

interface Step {
  /** The first address, for messages. */
  readonly address: string;
  readonly http: Http;
  /** The address that redirected; absent for the first request. */
  readonly from?: URL;
}

function safeAddress(location: string, { address, http, from }: Step): URL {
  const url = URL.parse(location, from?.href);
  const mayBePlain = (place: URL): boolean => isThisMachine(place) || place.host === http.plainHost;
  const plainAllowed = url !== null && mayBePlain(url) && (from === undefined || mayBePlain(from));
  if (url?.protocol === "https:" || (url?.protocol === "http:" && plainAllowed)) return url;
  // The rest may be a signature.
  const [place] = location.split(/[?#]/);
  throw http.failed(address, `it leads to an address that is not secure (${place})`);
}
