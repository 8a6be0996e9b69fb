import { isAbsolute, join } from "node:path";
import type { Connections } from "../buckets/connections.ts";
import type { DeployDraft, DeployFile } from "../contract/deploy.ts";
import { fromWire, StudioError } from "../contract/errors.ts";
import type { ConnectionFacts } from "../deploy/access.ts";
import { deployment } from "../deploy/manifests.ts";
import { makeFolder, writeAtomically, writeNewFile } from "../files/atomic-file.ts";
import { isSystemError, systemCode } from "../files/system-error.ts";
import { os } from "./implementer.ts";

interface DeployParts {
  readonly connections: Connections;
}

/** Manifests for serving models in buckets. */
export function deployProcedures({ connections }: DeployParts) {
  return {
    manifests: os.deploy.manifests.handler(({ input }) =>
      deployment(input, connectionFacts(connections, input)),
    ),
    save: os.deploy.save.handler(async ({ input }) => {
      const { folder, withKeys, force, ...draft } = input;
      const connection = connectionFacts(connections, draft);
      // Returned without the keys, which are only in the files.
      const told = deployment(draft, connection);
      const [fault] = told.faults;
      if (fault !== undefined) throw fromWire(fault.error);
      if (!isAbsolute(folder)) {
        const details = { field: "The folder", value: folder, reason: "it must be a full path" };
        throw new StudioError("REQUEST_INVALID", details);
      }
      const keys = withKeys ? await connections.keys(draft.connectionId) : undefined;
      const { files } = deployment(draft, connection, keys);
      return { ...told, paths: await writeFiles(folder, files, force) };
    }),
  };
}

export function connectionFacts(
  connections: Connections,
  { connectionId, bucket }: DeployDraft,
): ConnectionFacts {
  const { name, endpoint, region, ca, bucket: own } = connections.get(connectionId);
  const chosen = bucket ?? own;
  if (chosen === null) throw new StudioError("BUCKET_NOT_CHOSEN", { name });
  return { name, endpoint, region, bucket: chosen, hasCa: ca !== null };
}

/** Only this user may read the files with a Secret. */
const SECRET_MODE = 0o600;

async function writeFiles(
  folder: string,
  files: readonly DeployFile[],
  force: boolean,
): Promise<string[]> {
  const paths: string[] = [];
  try {
    await makeFolder(folder);
    for (const { name, kinds, text } of files) {
      const path = join(folder, name);
      paths.push(path);
      await (force ? writeAtomically : writeNewFile)(path, async (file) => {
        if (kinds.includes("Secret")) await file.chmod(SECRET_MODE);
        await file.writeFile(text);
      });
    }
  } catch (error) {
    const path = paths.at(-1) ?? folder;
    if (isSystemError(error, "EEXIST")) throw new StudioError("OUTPUT_EXISTS", { path });
    const reason = systemCode(error);
    if (reason === undefined) throw error;
    throw new StudioError("DEPLOY_UNWRITABLE", { path, reason }, { cause: error });
  }
  return paths;
}
