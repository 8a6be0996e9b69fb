import { Buckets } from "../buckets/buckets.ts";
import { Connections } from "../buckets/connections.ts";
import { importedConnection } from "../buckets/import-connection.ts";
import { environmentConnection, profileNames } from "../buckets/aws-profiles.ts";
import { newConnectionSchema } from "../contract/buckets.ts";
import { os } from "./implementer.ts";
import type { Stores } from "./open-stores.ts";
import { checkProcedure } from "./check-deployment.ts";
import { importModelProcedure } from "./bucket-import.ts";
import { bucketTransferProcedures } from "./bucket-transfers.ts";
import { serveProcedure } from "./serve-bucket.ts";
import { publishProcedure, type PublishParts } from "./publish-model.ts";
import { ReceivedFiles } from "./received-files.ts";
import type { StudioOptions } from "./studio-options.ts";

/** Connections to S3 services, and operations on their buckets. */
export interface BucketParts {
  readonly connections: Connections;
  readonly buckets: Buckets;
  readonly received: ReceivedFiles;
}

/** Connects buckets to secrets and the event log. `undo` collects how to close them. */
export async function openBuckets(
  { dataFolder, now }: StudioOptions,
  { secrets, events }: Stores,
  undo: AsyncDisposableStack,
): Promise<BucketParts> {
  const connections = await Connections.open({
    dataFolder,
    keeper: secrets,
    onChange: (connection) =>
      events.publish({ type: "connections-changed", connections: [connection] }),
    onRemove: (id) => events.publish({ type: "connections-removed", ids: [id] }),
    now,
  });
  undo.defer(() => connections.close());
  const received = new ReceivedFiles(dataFolder);
  return { connections, buckets: new Buckets(connections, now), received };
}

/** Operations on buckets. */
export function bucketProcedures(parts: BucketParts & PublishParts & Pick<Stores, "transfers">) {
  const { connections, buckets } = parts;
  return {
    publish: publishProcedure(parts),
    importModel: importModelProcedure(parts),
    check: checkProcedure(parts),
    serve: serveProcedure(parts),
    ...bucketTransferProcedures(parts),
    connections: os.buckets.connections.handler(() => connections.list()),
    connect: os.buckets.connect.handler(({ input }) => connections.connect(input)),
    sources: os.buckets.sources.handler(async () => ({
      profiles: await profileNames(process.env),
      isInEnvironment: (await environmentConnection(process.env)).accessKey !== undefined,
    })),
    importFrom: os.buckets.importFrom.handler(async ({ input }) =>
      connections.connect(newConnectionSchema.parse(await importedConnection(input, process.env))),
    ),
    change: os.buckets.change.handler(({ input }) => connections.change(input)),
    disconnect: os.buckets.disconnect.handler(({ input }) => connections.disconnect(input.id)),
    test: os.buckets.test.handler(({ input, signal }) => connections.test(input.id, signal)),
    names: os.buckets.names.handler(({ input, signal }) => buckets.names(input.id, signal)),
    create: os.buckets.create.handler(({ input, signal }) =>
      buckets.create(input.connectionId, input.bucket, signal),
    ),
    list: os.buckets.list.handler(({ input, signal }) => buckets.list(input, signal)),
    details: os.buckets.details.handler(({ input, signal }) => buckets.details(input, signal)),
    link: os.buckets.link.handler(({ input }) => buckets.link(input)),
    remove: os.buckets.remove.handler(({ input, signal }) => buckets.remove(input, signal)),
    restore: os.buckets.restore.handler(({ input, signal }) =>
      "undo" in input ? buckets.undo(input.undo) : buckets.restore(input, signal),
    ),
    incomplete: os.buckets.incomplete.handler(({ input, signal }) =>
      buckets.incomplete(input, signal),
    ),
    abortIncomplete: os.buckets.abortIncomplete.handler(({ input, signal }) =>
      buckets.abortIncomplete(input, input.uploads, signal),
    ),
  };
}
