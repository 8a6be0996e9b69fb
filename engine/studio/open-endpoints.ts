import type { Stores } from "./open-stores.ts";
import type { StudioOptions } from "./studio-options.ts";
import { EndpointHistory } from "../worker/endpoint-history.ts";
import { Endpoints } from "../endpoints/endpoints.ts";
import { certificatesOf } from "../endpoints/certificates.ts";
import { isOpen } from "../queue/states.ts";
import { recogniseEndpoint } from "./recognise-endpoint.ts";
import { os } from "./implementer.ts";

/** Endpoints on other machines, and how long they took. */
export interface EndpointParts {
  readonly endpoints: Endpoints;
  readonly history: EndpointHistory;
}

/** Pictures of an endpoint that are looked at for how long it takes. */
const SAMPLES = 30;

/** Introduces endpoints to the secrets, the queue and the gallery. `undo` is told how to close them. */
export async function openEndpoints(
  { dataFolder, now }: StudioOptions,
  { secrets, gallery, live, events }: Stores,
  undo: AsyncDisposableStack,
): Promise<EndpointParts> {
  const history = new EndpointHistory(async (target) => {
    const { days } = gallery.names({ target });
    return gallery.details(days.flatMap(({ ids }) => ids).slice(0, SAMPLES));
  });
  const endpoints = await Endpoints.open({
    dataFolder,
    keeper: secrets,
    historyOf: (id) => history.of(id),
    useOf: (id) => {
      const users = live.queue.list().filter(({ state, target }) => isOpen(state) && target === id);
      return users.length === 0 ? undefined : `asked for ${users.length} pictures that are open`;
    },
    onChange: (endpoint) => events.publish({ type: "endpoints-changed", endpoints: [endpoint] }),
    onRemove: (id) => events.publish({ type: "endpoints-removed", ids: [id] }),
    now,
  });
  undo.defer(() => endpoints.close());
  await history.load(endpoints.list().map(({ id }) => id));
  return { endpoints, history };
}

export interface EndpointProcedureParts {
  readonly endpoints: Endpoints;
}

/** Inference endpoints on other machines. */
export function endpointProcedures({ endpoints }: EndpointProcedureParts) {
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
    certificates: os.endpoints.certificates.handler(({ input, signal }) =>
      certificatesOf(input.url, signal),
    ),
  };
}
