import { join } from "node:path";
import type { Endpoint } from "../contract/endpoints.ts";
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
  const written = (work: () => void): void => {
    try {
      work();
    } catch (error) {
      // A full disk must not lose the picture that is counted.
      logError(error, "counting what an endpoint was asked");
    }
  };
  const endpoints = await Endpoints.open({
    dataFolder,
    keeper: secrets,
    historyOf: (id) => ({ ...history.of(id), ...quietChecksOf(watchLog, id) }),
    useOf: (id) => {
      const users = live.queue.list().filter(({ state, target }) => isOpen(state) && target === id);
      return users.length === 0 ? undefined : `asked for ${users.length} pictures that are open`;
    },
    onChange: (endpoint) => {
      events.publish({ type: "endpoints-changed", endpoints: [endpoint] });
      quiet.refresh();
    },
    onRemove: (id) => {
      written(() => watchLog.forget(id));
      events.publish({ type: "endpoints-removed", ids: [id] });
      quiet.refresh();
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
  if (isPassive !== true) undo.defer(watchTokens(endpoints, events));
  quiet.refresh();
  await history.load(endpoints.list().map(({ id }) => id));
  return { endpoints, history, watchLog };
}

/** Absent if there are none. */
function quietChecksOf(watchLog: WatchLog, id: string): Pick<Endpoint, "quietChecks"> {
  const quietChecks = watchLog.checks(id);
  return quietChecks.length === 0 ? {} : { quietChecks };
}

const MINUTE_MS = 60_000;

/** Reports tokens that expire within a day or have expired. */
function watchTokens(endpoints: Endpoints, events: Stores["events"]): () => void {
  let told = endpoints.notices.join("\n");
  const timer = setInterval(() => {
    const now = endpoints.notices.join("\n");
    if (now !== told) events.publish({ type: "machine-changed" });
    told = now;
  }, MINUTE_MS);
  timer.unref();
  return () => clearInterval(timer);
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
