import type {
  Connection,
  ConnectionChange,
  ConnectionImport,
  NewConnection,
} from "../../../engine/contract/buckets.ts";
import { withScheme } from "../../../engine/contract/loopback.ts";
import type { StudioClient } from "../../../engine/contract/studio-client.ts";
import type { ConnectionField } from "../../state/connections.ts";

/** The source of a new connection's values. */
export type Source = "fields" | "secret" | "profile" | "environment";

/** A connection in the form, before it is saved. An empty field means the studio's default. */
export interface Draft {
  readonly source: Source;
  readonly name: string;
  /** As typed; empty keeps the saved value. */
  readonly accessKey: string;
  readonly secretKey: string;
  readonly sessionToken: string;
  readonly endpoint: string;
  readonly region: string;
  readonly bucket: string;
  readonly pathStyle: Connection["pathStyle"];
  readonly checksums: Connection["checksums"];
  readonly ca: string | null;
  readonly isInsecure: boolean;
  /** YAML of a connection Secret. */
  readonly yaml: string;
  readonly profile: string;
}

export const EMPTY_DRAFT: Draft = {
  source: "fields",
  name: "",
  accessKey: "",
  secretKey: "",
  sessionToken: "",
  endpoint: "",
  region: "",
  bucket: "",
  pathStyle: "auto",
  checksums: "auto",
  ca: null,
  isInsecure: false,
  yaml: "",
  profile: "",
};

export function draftOf(connection: Connection): Draft {
  const { name, endpoint, region, bucket, pathStyle, checksums, ca, isInsecure } = connection;
  const choices = { name, endpoint, pathStyle, checksums, ca, isInsecure };
  return { ...EMPTY_DRAFT, ...choices, region: region ?? "", bucket: bucket ?? "" };
}

/** The errors of a draft by the field that shows them. */
export type Faults = Readonly<Partial<Record<ConnectionField | "yaml" | "profile", Fault>>>;
export type Fault =
  | "accessKey"
  | "secretKey"
  | "endpoint"
  | "endpointForm"
  | "keysMoved"
  | "bucket"
  | "yaml"
  | "profile";

const BUCKET = /^[\w.-]{1,255}$/;

export function faultsOf(draft: Draft, connection: Connection | undefined): Faults {
  const { source, yaml, profile, bucket, endpoint } = draft;
  if (source === "secret") return yaml.trim() === "" ? { yaml: "yaml" } : {};
  if (source === "profile") return profile === "" ? { profile: "profile" } : {};
  if (source === "environment") return {};
  return {
    ...keyFaultsOf(draft, connection),
    ...endpointFaultOf(endpoint),
    ...(bucket !== "" && !BUCKET.test(bucket) && { bucket: "bucket" }),
  };
}

/** Both keys must be entered, or both kept; kept keys are valid for one origin only. */
function keyFaultsOf(draft: Draft, connection: Connection | undefined): Faults {
  const { accessKey, secretKey, endpoint } = draft;
  const isKept = connection?.hasKeys === true && accessKey === "" && secretKey === "";
  if (isKept) return originOf(endpoint) === connection.origin ? {} : { accessKey: "keysMoved" };
  return {
    ...(accessKey === "" && { accessKey: "accessKey" }),
    ...(secretKey === "" && { secretKey: "secretKey" }),
  };
}
function endpointFaultOf(endpoint: string): Faults {
  if (endpoint.trim() === "") return { endpoint: "endpoint" };
  return originOf(endpoint) === undefined ? { endpoint: "endpointForm" } : {};
}

/** Scheme, host and port of an endpoint; one without a scheme gets it as when it is saved. */
export function originOf(endpoint: string): string | undefined {
  const url = URL.parse(withScheme(endpoint));
  return url !== null && /^https?:$/.test(url.protocol) && url.username === ""
    ? url.origin
    : undefined;
}

export function isSound(draft: Draft, connection: Connection | undefined): boolean {
  return Object.keys(faultsOf(draft, connection)).length === 0;
}

const orNull = (text: string): string | null => (text.trim() === "" ? null : text.trim());

export function newConnectionOf(draft: Draft): NewConnection {
  const { name, accessKey, secretKey, sessionToken, endpoint } = draft;
  const { region, bucket, pathStyle, checksums, ca, isInsecure } = draft;
  return {
    ...(name.trim() !== "" && { name: name.trim() }),
    accessKey,
    secretKey,
    ...(sessionToken !== "" && { sessionToken }),
    endpoint: endpoint.trim(),
    region: orNull(region),
    bucket: orNull(bucket),
    pathStyle,
    checksums,
    ca,
    isInsecure,
  };
}

/** The values to import, and the form's fields that override them. */
export function importOf(draft: Draft): ConnectionImport {
  const { source, yaml, profile, name, endpoint, bucket } = draft;
  const given = {
    ...(name.trim() !== "" && { name: name.trim() }),
    ...(endpoint.trim() !== "" && { endpoint: endpoint.trim() }),
    ...(bucket.trim() !== "" && { bucket: bucket.trim() }),
  };
  if (source === "secret") return { source: { kind: "secret", yaml }, ...given };
  if (source === "profile") return { source: { kind: "profile", profile }, ...given };
  return { source: { kind: "environment" }, ...given };
}

/** The changes that a draft makes; an empty name changes nothing. */
export function changeOf(draft: Draft, connection: Connection): ConnectionChange {
  const wanted = {
    name: draft.name.trim() === "" ? connection.name : draft.name.trim(),
    endpoint: draft.endpoint.trim(),
    region: orNull(draft.region),
    bucket: orNull(draft.bucket),
    pathStyle: draft.pathStyle,
    checksums: draft.checksums,
    ca: draft.ca,
    isInsecure: draft.isInsecure,
  };
  const before = new Map<string, unknown>(Object.entries(connection));
  const changed = Object.entries(wanted).filter(([name, value]) => value !== before.get(name));
  const { accessKey, secretKey, sessionToken } = draft;
  return {
    id: connection.id,
    ...Object.fromEntries(changed),
    ...(accessKey !== "" && { accessKey, secretKey }),
    ...(sessionToken !== "" && { sessionToken }),
  };
}

/** Saves a new connection, or the changes to one. */
export async function saveDraft(
  { buckets }: StudioClient,
  draft: Draft,
  connection: Connection | undefined,
): Promise<Connection> {
  if (connection !== undefined) {
    const change = changeOf(draft, connection);
    return Object.keys(change).length > 1 ? buckets.change(change) : connection;
  }
  if (draft.source === "fields") return buckets.connect(newConnectionOf(draft));
  return buckets.importFrom(importOf(draft));
}
