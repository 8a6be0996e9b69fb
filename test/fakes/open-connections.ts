import { Connections } from "../../engine/buckets/connections.ts";
import type { Timing } from "../../engine/buckets/s3-client.ts";

/** Connections whose keys are kept only in memory. */
export function openConnections(dataFolder: string, timing?: Timing): Promise<Connections> {
  const secrets = new Map<string, string>();
  return Connections.open({
    dataFolder,
    keeper: {
      get: async (name) => secrets.get(name),
      set: async (name, value) => void secrets.set(name, value),
      remove: async (name) => void secrets.delete(name),
    },
    onChange: () => {},
    onRemove: () => {},
    timing,
  });
}
