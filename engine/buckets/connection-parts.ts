import type { z } from "zod";
import type { ConnectionChange, newConnectionSchema } from "../contract/buckets.ts";
import { checkCa } from "../network/trust.ts";
import type { KeptConnection } from "./connection-file.ts";
import { readEndpoint } from "./service-address.ts";

/** A new connection after validation. */
export type AddedConnection = z.output<typeof newConnectionSchema>;

/** A new connection as it is stored; what was not chosen can still be found out. */
export function keptFrom(added: AddedConnection, id: string, now: Date): KeptConnection {
  const { name, endpoint, bucket, region, pathStyle, checksums, ca, isInsecure } = added;
  const url = readEndpoint(endpoint);
  return {
    id,
    name: name ?? bucket ?? url.host.slice(0, 100),
    endpoint: url.href.replace(/\/$/, ""),
    region: region === "" ? null : region,
    bucket,
    pathStyle,
    checksums,
    ca: checkCa(ca),
    isInsecure,
    hasKeys: true,
    found: {},
    createdAt: now.toISOString(),
  };
}

/**
 * A changed connection. What was learned about another service or bucket is dropped, and the permission to trust any
 * certificate does not carry over to another origin.
 */
export function changed(kept: KeptConnection, change: ConnectionChange): KeptConnection {
  const { id: _, accessKey: _a, secretKey: _s, sessionToken: _t, ...choices } = change;
  const url = readEndpoint(change.endpoint ?? kept.endpoint);
  const isElsewhere = url.origin !== readEndpoint(kept.endpoint).origin;
  const isInsecure = change.isInsecure ?? (kept.isInsecure && !isElsewhere);
  const given = Object.entries(choices).filter(([, value]) => value !== undefined);
  const next: KeptConnection = {
    ...kept,
    ...Object.fromEntries(given),
    endpoint: url.href.replace(/\/$/, ""),
    isInsecure,
  };
  const ca = change.ca === undefined ? next.ca : checkCa(change.ca);
  const region = next.region === "" ? null : next.region;
  if (change.name !== undefined && given.length === 1) return { ...next, ca };
  const { check: _check, ...rest } = next;
  return { ...rest, ca, region, found: {} };
}
