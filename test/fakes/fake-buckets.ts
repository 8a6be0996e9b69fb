import type { StudioClient } from "../../engine/contract/studio-client.ts";
import { StudioError } from "../../engine/contract/errors.ts";

/** The buckets of a studio that has no connection yet. */
export function noBuckets(): StudioClient["buckets"] {
  const none = async (): Promise<never> => {
    throw new StudioError("NOT_FOUND", { what: "connection", id: "none" });
  };
  return {
    connections: async () => [],
    sources: async () => ({ profiles: [], isInEnvironment: false }),
    connect: none,
    importFrom: none,
    change: none,
    disconnect: none,
    test: none,
    names: none,
    create: none,
    list: none,
    details: none,
    link: none,
    remove: none,
    restore: none,
    incomplete: none,
    abortIncomplete: none,
  };
}
