import { createTanstackQueryUtils } from "@orpc/tanstack-query";
import { QueryClient } from "@tanstack/react-query";
import { createContext, useContext } from "react";
import type { StudioClient } from "../../engine/contract/studio-client.ts";
import { asFailure, ConnectionLost } from "./failure.ts";

/** How often a read is retried while the studio does not answer. */
const RETRIES = 3;

/** The studio's client, and the cache of what the pages have read. */
export interface Studio {
  readonly client: StudioClient;
  /** `useQuery(queries.models.list.queryOptions())` and the keys to invalidate. */
  readonly queries: ReturnType<typeof createTanstackQueryUtils<StudioClient>>;
  readonly cache: QueryClient;
}

export function createStudio(client: StudioClient): Studio {
  return {
    client,
    queries: createTanstackQueryUtils(client),
    cache: new QueryClient({
      defaultOptions: {
        queries: {
          // Events report changes, so nothing is requested only because time has passed.
          staleTime: Number.POSITIVE_INFINITY,
          refetchOnWindowFocus: false,
          retry: (count, error) => asFailure(error) instanceof ConnectionLost && count < RETRIES,
        },
      },
    }),
  };
}

const StudioContext = createContext<Studio | undefined>(undefined);

export const StudioProvider = StudioContext.Provider;

/** The studio that this page is connected to. */
export function useStudio(): Studio {
  const studio = useContext(StudioContext);
  if (studio === undefined) throw new Error("a page is outside of its studio");
  return studio;
}
