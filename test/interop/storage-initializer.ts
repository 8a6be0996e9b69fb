import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { runCommand } from "../fakes/run-command.ts";
import type { S3Service } from "./s3-operations.ts";
import { pythonOf } from "./virtual-environment.ts";

/** KServe's own storage initializer: the peer and the package that contain it. */
export const INITIALIZERS = {
  "0.12": { peer: "kserve", module: "kserve.storage" },
  "0.15": { peer: "kserve-storage", module: "kserve_storage" },
} as const;

export type InitializerVersion = keyof typeof INITIALIZERS;

const script = fileURLToPath(new URL("storage_initializer.py", import.meta.url));

interface Initializing {
  readonly as: InitializerVersion;
  readonly service: S3Service;
  readonly bucket: string;
}

/** A path as entered in OpenShift AI, and the folder that replaces /mnt/models. */
export interface Copying {
  readonly path: string;
  readonly target: string;
}

/** Fills folders like the init container of a pod; returns the error of each that failed. */
export async function initializeStorage(
  { as, service, bucket }: Initializing,
  copyings: readonly Copying[],
): Promise<readonly (string | null)[]> {
  const { peer, module } = INITIALIZERS[as];
  const env = {
    AWS_ACCESS_KEY_ID: service.accessKey,
    AWS_SECRET_ACCESS_KEY: service.secretKey,
    AWS_ENDPOINT_URL: service.endpoint,
    S3_ENDPOINT: service.endpoint.replace("http://", ""),
    AWS_DEFAULT_REGION: "us-east-1",
    S3_USE_HTTPS: "0",
    S3_VERIFY_SSL: "0",
    S3_USER_VIRTUAL_BUCKET: "0",
  };
  const pairs = copyings.flatMap(({ path, target }) => [`s3://${bucket}/${path}`, target]);
  const { stdout, stderr } = await runCommand(pythonOf(peer), [script, module, ...pairs], {
    cwd: tmpdir(),
    env,
  });
  const said = stdout.split("\n").filter((line) => line !== "");
  if (said.length !== copyings.length) throw new Error(`${peer} has ended: ${stderr.slice(-2000)}`);
  return said.map((line) => JSON.parse(line) as string | null);
}

/** The content of a folder: SHA-256 of each file by its path. */
export function filesOf(folder: string): Readonly<Record<string, string>> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return Object.fromEntries(
    entries
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name))
      .map((file) => [relative(folder, file), hashOf(readFileSync(file))]),
  );
}

export function hashOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
