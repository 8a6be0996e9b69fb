import { bucketChecks, configKeyOf, storedArchives } from "../archive/bucket-deployment.ts";
import { folderPrefix } from "../archive/bucket-layout.ts";
import { ConfigProperties, MAX_CONFIG_BYTES } from "../archive/config-properties.ts";
import { servedModels } from "../archive/serving-form.ts";
import type { Bucket } from "../buckets/bucket-client.ts";
import type { Connections } from "../buckets/connections.ts";
import { pagesOf } from "../buckets/listing.ts";
import { readObject } from "../buckets/object-source.ts";
import type { BucketDeployment, DeploymentCheck } from "../contract/archives.ts";
import { StudioError, toWire } from "../contract/errors.ts";
import { describeObject } from "./inspect-archive.ts";
import { os } from "./implementer.ts";

/** No cluster copies more objects than this. */
const MAX_OBJECTS = 10_000;

/** All objects whose keys start with a path, even within a name. Refuses as REQUEST_INVALID if there are too many. */
export async function objectsLike(bucket: Bucket, path: string, signal: AbortSignal) {
  const objects: { key: string; bytes: number }[] = [];
  for await (const page of pagesOf(bucket, { prefix: path, isFlat: false }, signal)) {
    objects.push(...page.objects.map(({ key, bytes }) => ({ key, bytes })));
    if (objects.length <= MAX_OBJECTS) continue;
    const reason = `more than ${MAX_OBJECTS} objects begin so`;
    throw new StudioError("REQUEST_INVALID", { field: "The path", value: path, reason });
  }
  return objects;
}

/** The configuration that a cluster would read. */
export async function configAt(
  bucket: Bucket,
  path: string,
  signal: AbortSignal,
): Promise<ConfigProperties | undefined> {
  const wanted = { key: configKeyOf(path), maxBytes: MAX_CONFIG_BYTES };
  const bytes = await readObject(bucket, wanted, signal);
  return bytes === undefined ? undefined : ConfigProperties.parse(bytes);
}

/** What a cluster would do with a path in a bucket. Refuses as OBJECT_NOT_FOUND if nothing is there. */
async function checkDeployment(
  bucket: Bucket,
  given: string,
  signal: AbortSignal,
): Promise<BucketDeployment> {
  const path = folderPrefix(given);
  const objects = await objectsLike(bucket, path.slice(0, -1), signal);
  if (!objects.some(({ key }) => key.startsWith(path))) {
    throw new StudioError("OBJECT_NOT_FOUND", { bucket: bucket.name, key: path });
  }
  const config = await configAt(bucket, path, signal);
  const deployed = { given, path, objects, config };
  const [archive, another] = storedArchives(deployed);
  const archiveKey = another === undefined ? archive : undefined;
  const about = archiveKey === undefined ? [] : await archiveChecks(bucket, archiveKey, signal);
  return {
    path,
    ...(archiveKey !== undefined && { archiveKey }),
    configKey: configKeyOf(path),
    modelNames: config === undefined ? [] : servedModels(config).map(({ name }) => name),
    checks: [...bucketChecks(deployed), ...about],
  };
}

/** The checklist of an archive; if it cannot be opened, a line says why. */
async function archiveChecks(
  bucket: Bucket,
  key: string,
  signal: AbortSignal,
): Promise<readonly DeploymentCheck[]> {
  // An archive's own files in a folder, which TorchServe also loads.
  if (key.endsWith("/")) return [];
  try {
    return (await describeObject(bucket, key, signal)).checks;
  } catch (error) {
    if (!(error instanceof StudioError) || !/^(ARCHIVE|REQUEST)_/.test(error.code)) throw error;
    const advice = "Pack the archive again.";
    return [{ name: "manifest", outcome: "failed", found: toWire(error).message, advice }];
  }
}

/** Whether a cluster can serve a path in a bucket. */
export function checkProcedure({ connections }: { readonly connections: Connections }) {
  return os.buckets.check.handler(async ({ input, signal = new AbortController().signal }) =>
    checkDeployment(await connections.bucket(input), input.prefix, signal),
  );
}
