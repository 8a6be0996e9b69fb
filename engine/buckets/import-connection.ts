import {
  type ConnectionImport,
  type NewConnection,
  newConnectionSchema,
} from "../contract/buckets.ts";
import { StudioError } from "../contract/errors.ts";
import { profileConnection, type Environment, type Found } from "./aws-profiles.ts";
import { environmentConnection } from "./aws-profiles.ts";
import { secretConnection } from "./connection-secret.ts";
import { awsEndpoint } from "./service-address.ts";

/**
 * A connection from a Secret, a profile or the environment; explicitly given values take precedence. Refuses as
 * CONNECTION_UNREADABLE.
 */
export async function importedConnection(
  { source, ...choices }: ConnectionImport,
  env: Environment,
): Promise<NewConnection> {
  switch (source.kind) {
    case "secret":
      return whole(secretConnection(source.yaml), choices, "the Secret");
    case "profile": {
      const found = await profileConnection(source.profile, env);
      return whole({ name: source.profile, ...found }, choices, `the profile ${source.profile}`);
    }
    case "environment":
      return whole(await environmentConnection(env), choices, "the environment");
  }
}

function whole(
  found: Found,
  choices: Omit<ConnectionImport, "source">,
  source: string,
): NewConnection {
  const chosen = Object.entries(choices).filter(([, value]) => value !== undefined);
  const all: Found = { ...found, ...Object.fromEntries(chosen) };
  const { accessKey, secretKey, region } = all;
  if (accessKey === undefined || secretKey === undefined) {
    const missing = accessKey === undefined ? "access key" : "secret key";
    throw unreadable(source, `it has no ${missing}`);
  }
  // A region without an endpoint means AWS.
  const endpoint = all.endpoint ?? (region == null ? undefined : awsEndpoint(region));
  if (endpoint === undefined) throw unreadable(source, "it names neither an endpoint nor a region");
  const connection = { ...all, accessKey, secretKey, endpoint };
  const field = newConnectionSchema.safeParse(connection).error?.issues[0]?.path[0];
  if (field !== undefined) throw unreadable(source, `its ${String(field)} cannot be used`);
  return connection;
}

export function unreadable(source: string, reason: string): StudioError {
  return new StudioError("CONNECTION_UNREADABLE", { source, reason });
}
