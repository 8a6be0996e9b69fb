import { onTestFinished } from "vitest";
import { Buckets } from "../../engine/buckets/buckets.ts";
import { Connections, type ConnectionsOptions } from "../../engine/buckets/connections.ts";
import {
  listQuerySchema,
  newConnectionSchema,
  type Connection,
  type ListQuery,
  type NewConnection,
} from "../../engine/contract/buckets.ts";
import { MemorySecrets } from "./open-endpoints.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** Keys of an invented service. */
export const KEYS = {
  accessKey: "access-canary-7f3a9c51",
  secretKey: "secret-canary-7f3a9c51d0ab",
} as const;

export interface OpenedBuckets {
  readonly connections: Connections;
  readonly buckets: Buckets;
  readonly folder: string;
  readonly secrets: MemorySecrets;
  readonly changes: Connection[];
  readonly removed: string[];
}

/** Real connections in a folder, with secrets in memory. */
export async function openBuckets(
  options: Partial<ConnectionsOptions> & { readonly secrets?: MemorySecrets } = {},
): Promise<OpenedBuckets> {
  const folder = options.dataFolder ?? temporaryFolder();
  const secrets = options.secrets ?? new MemorySecrets();
  const [changes, removed]: [Connection[], string[]] = [[], []];
  const now = () => new Date("2026-11-25T12:00:00.000Z");
  const connections = await Connections.open({
    dataFolder: folder,
    keeper: secrets,
    onChange: (connection) => changes.push(connection),
    onRemove: (id) => removed.push(id),
    now,
    timing: { connectMs: 2000, replyMs: 5000, idleMs: 5000 },
    ...options,
  });
  onTestFinished(() => connections.close());
  return { connections, buckets: new Buckets(connections, now), folder, secrets, changes, removed };
}

/** A new connection to the bucket `toys`, in the form that the contract's schema produces. */
export function connecting(endpoint: string, more: Partial<NewConnection> = {}) {
  return newConnectionSchema.parse({ ...KEYS, endpoint, bucket: "toys", ...more });
}

/** A query, in the form that the contract's schema produces. */
export function listing({ id }: Connection, more: Partial<ListQuery> = {}): ListQuery {
  return listQuerySchema.parse({ connectionId: id, ...more });
}
