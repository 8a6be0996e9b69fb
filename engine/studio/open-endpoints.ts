import { join } from "node:path";
import type { Endpoint } from "../contract/endpoints.ts";
import type { Notice } from "../contract/machine.ts";
import { tokenExpiryWords } from "../contract/token-expiry.ts";
import { QuietChecks } from "../endpoints/watching/quiet-checks.ts";
import { WatchLog } from "../endpoints/watching/watch-log.ts";
import type { Stores } from "./open-stores.ts";
import type { StudioOptions } from "./studio-options.ts";
import { EndpointHistory } from "../worker/endpoint-history.ts";
import { Endpoints } from "../endpoints/endpoints.ts";
import { certificatesOf } from "../endpoints/certificates.ts";
import { isOpen } from "../queue/states.ts";
import { recogniseEndpoint } from "./recognise-endpoint.ts";
import { os } from "./implementer.ts";

/** Endpoints on other machines, and their history. */
export interface EndpointParts {
  readonly endpoints: Endpoints;
  readonly history: EndpointHistory;
  readonly watchLog: WatchLog;
  /** About tokens that have expired, or will within a day. */
  readonly tokenNotices: () => readonly Notice[];
}

/** Number of an endpoint's pictures that estimates are based on. */
const SAMPLES = 30;

/** Connects endpoints to secrets, queue and gallery. `undo` collects how to close them. */
export async function openEndpoints(
  { dataFolder, now = () => new Date(), isPassive, logError }: StudioOptions,
  { secrets, gallery, live, events }: Stores,
  undo: AsyncDisposableStack,
): Promise<EndpointParts> {
  const history = new EndpointHistory(async (target) => {
    const { days } = gallery.names({ target });
    return gallery.details(days.flatMap(({ ids }) => ids).slice(0, SAMPLES));
  });
  const watchLog = new WatchLog(join(dataFolder, "endpoint-history.sqlite"), now);
  undo.defer(() => watchLog.close());
  const written = writerOf(logError);
  const endpoints = await Endpoints.open({
    dataFolder,
    keeper: secrets,
    historyOf: (id) => ({ ...history.of(id), ...quietChecksOf(watchLog, id) }),
    useOf: (id) => {
      const users = live.queue.list().filter(({ state, target }) => isOpen(state) && target === id);
      if (users.length === 0) return undefined;
      return `still needed for ${users.length === 1 ? "a queued picture" : `${users.length} queued pictures`}`;
    },
    onChange: (endpoint) => {
      events.publish({ type: "endpoints-changed", endpoints: [endpoint] });
      quiet.refresh();
      tokens.look();
    },
    onRemove: (id) => {
      written(() => watchLog.forget(id));
      events.publish({ type: "endpoints-removed", ids: [id] });
      quiet.refresh();
      tokens.look();
    },
    onAsked: (id, counted) => written(() => watchLog.picture(id, counted)),
    now,
  });
  undo.defer(() => endpoints.close());
  const quiet = new QuietChecks({
    list: () => (isPassive === true ? [] : endpoints.list()),
    check: async (id, signal) => {
      const check = await endpoints.checkQuietly(id, signal);
      written(() => watchLog.check(id, check));
      endpoints.tell(id);
    },
    lastAt: (id) => {
      const last = watchLog.checks(id).at(-1);
      return last && Date.parse(last.at);
    },
    now,
    logError: (error) => logError(error, "checking an endpoint"),
  });
  undo.defer(() => quiet.close());
  const tokenNotices = () => noticesOf(endpoints.list(), now());
  const tokens = watchNotices(tokenNotices, events);
  undo.defer(() => tokens.close());
  quiet.refresh();
  await history.load(endpoints.list().map(({ id }) => id));
  return { endpoints, history, watchLog, tokenNotices };
}

/** Writes into the history. A full disk must not lose the picture that is counted. */
function writerOf(logError: StudioOptions["logError"]) {
  return (work: () => void): void => {
    try {
      work();
    } catch (error) {
      logError(error, "counting what an endpoint was asked");
    }
  };
}

/** Absent if there are none. */
function quietChecksOf(watchLog: WatchLog, id: string): Pick<Endpoint, "quietChecks"> {
  const quietChecks = watchLog.checks(id);
  return quietChecks.length === 0 ? {} : { quietChecks };
}

const MINUTE_MS = 60_000;

/** Notices about tokens that have expired, or will within a day. */
function noticesOf(all: readonly Endpoint[], now: Date): readonly Notice[] {
  return all.flatMap((endpoint) => {
    const words = tokenExpiryWords(endpoint, now.getTime());
    if (words === undefined) return [];
    const text = `The token of the endpoint ${endpoint.name} ${words}. Make a new one and enter it.`;
    return [{ text, endpointId: endpoint.id }];
  });
}

/** Publishes within a minute when notices appear or change; `look` does so at once. */
function watchNotices(notices: () => readonly Notice[], events: Stores["events"]) {
  const words = () =>
    notices()
      .map(({ text }) => text)
      .join("\n");
  let told = words();
  const look = (): void => {
    const now = words();
    if (now !== told) events.publish({ type: "machine-changed" });
    told = now;
  };
  const timer = setInterval(look, MINUTE_MS);
  timer.unref();
  return { look, close: () => clearInterval(timer) };
}

export interface EndpointProcedureParts {
  readonly endpoints: Endpoints;
  readonly watchLog: WatchLog;
}

/** Operations on endpoints. */
export function endpointProcedures({ endpoints, watchLog }: EndpointProcedureParts) {
  return {
    list: os.endpoints.list.handler(() => endpoints.list()),
    add: os.endpoints.add.handler(({ input }) => endpoints.add(input)),
    recognise: os.endpoints.recognise.handler(({ input, signal }) =>
      recogniseEndpoint(input.text, signal),
    ),
    change: os.endpoints.change.handler(({ input }) => endpoints.change(input)),
    remove: os.endpoints.remove.handler(({ input }) => endpoints.remove(input.id)),
    setToken: os.endpoints.setToken.handler(({ input }) =>
      endpoints.setToken(input.id, input.token),
    ),
    test: os.endpoints.test.handler(({ input, signal }) => endpoints.test(input.id, signal)),
    diagnose: os.endpoints.diagnose.handler(({ input, signal = new AbortController().signal }) =>
      endpoints.diagnose(input, signal),
    ),
    trySettings: os.endpoints.trySettings.handler(
      ({ input, signal = new AbortController().signal }) => endpoints.trySettings(input.id, signal),
    ),
    stats: os.endpoints.stats.handler(({ input: { id, span } }) =>
      (id === undefined ? endpoints.list() : [endpoints.get(id)]).map((one) =>
        watchLog.stats(one.id, span),
      ),
    ),
    certificates: os.endpoints.certificates.handler(({ input, signal }) =>
      certificatesOf(input.url, { isDirect: input.isDirect, signal }),
    ),
  };
}
