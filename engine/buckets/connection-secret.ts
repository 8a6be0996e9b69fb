import { parseAllDocuments } from "yaml";
import { z } from "zod";
import { StudioError } from "../contract/errors.ts";
import type { Found } from "./aws-profiles.ts";

const texts = z.record(z.string(), z.string()).catch({});
const secretSchema = z.object({
  kind: z.string().optional(),
  metadata: z
    .object({ name: z.string().optional().catch(undefined), annotations: texts.default({}) })
    .catch({ annotations: {} })
    .default({ annotations: {} }),
  data: texts.default({}),
  stringData: texts.default({}),
});
type Secret = z.output<typeof secretSchema>;
const listSchema = z.object({ items: z.array(z.unknown()).max(1000) });

/** An entry of KServe's `storage-config`: values are JSON texts, one per data connection. */
const storageSchema = z.object({
  type: z.literal("s3"),
  access_key_id: z.string(),
  secret_access_key: z.string(),
  endpoint_url: z.string(),
  bucket: z.string().optional(),
  region: z.string().optional(),
});

/** A document with more aliases is an attack. */
const MAX_ALIASES = 10;

/**
 * Reads a connection from a Secret: OpenShift AI's data connection (AWS_ACCESS_KEY_ID and so on, base64 in `data` or
 * plain in `stringData`), a Secret of KServe's service account, whose annotations name the endpoint, or
 * `storage-config` with one connection. Of several documents the first with keys is used. Refuses as
 * CONNECTION_UNREADABLE.
 */
export function secretConnection(text: string): Found {
  const secrets = documentsIn(text).flatMap((document) => {
    const items = listSchema.safeParse(document).data?.items ?? [document];
    return items.flatMap((item) => secretSchema.safeParse(item).data ?? []);
  });
  const found = secrets.map(connectionIn).find((one) => one !== undefined);
  if (found === undefined) throw unreadable("it holds no AWS_ACCESS_KEY_ID");
  return found;
}

function documentsIn(text: string): unknown[] {
  const documents = parseAllDocuments(text, { logLevel: "silent" });
  if (!Array.isArray(documents)) return [];
  return documents.map((document) => {
    const [error] = document.errors;
    // The parser's message quotes the text, which contains the keys.
    const line = error?.linePos?.[0].line;
    if (error !== undefined) throw unreadable(`its YAML is broken in line ${line ?? "1"}`);
    try {
      return document.toJS({ maxAliasCount: MAX_ALIASES }) as unknown;
    } catch {
      throw unreadable("its YAML refers to itself too often");
    }
  });
}

function connectionIn(secret: Secret): Found | undefined {
  const { kind = "Secret", metadata } = secret;
  if (kind !== "Secret") return undefined;
  const values = { ...decodedData(secret.data), ...secret.stringData };
  const value = (name: string): string | undefined => filled(values[name]);
  const annotation = (name: string): string | undefined => {
    const full = `serving.kserve.io/${name}`;
    return filled(metadata.annotations[full]) ?? value(full) ?? value(name);
  };
  const accessKey = value("AWS_ACCESS_KEY_ID") ?? value("awsAccessKeyID");
  if (accessKey === undefined) return storageIn(values);
  const endpoint = value("AWS_S3_ENDPOINT") ?? annotation("s3-endpoint");
  const isPlain = annotation("s3-usehttps") === "0";
  const isVirtual = annotation("s3-usevirtualbucket");
  return {
    ...named(metadata),
    accessKey,
    secretKey: value("AWS_SECRET_ACCESS_KEY") ?? value("awsSecretAccessKey"),
    sessionToken: value("AWS_SESSION_TOKEN"),
    endpoint: endpoint && (isPlain ? `http://${endpoint.replace(/^https?:\/\//, "")}` : endpoint),
    region: value("AWS_DEFAULT_REGION") ?? annotation("s3-region"),
    bucket: value("AWS_S3_BUCKET"),
    ...(isVirtual !== undefined && { pathStyle: /^(1|true)$/i.test(isVirtual) ? "no" : "yes" }),
  };
}

function filled(text: string | undefined): string | undefined {
  const trimmed = text?.trim();
  return trimmed === "" ? undefined : trimmed;
}

/** The name that the cluster's console shows. */
function named({ name, annotations }: Secret["metadata"]): Pick<Found, "name"> {
  const shown = annotations["openshift.io/display-name"] ?? name?.replace(/^aws-connection-/, "");
  return shown === undefined || shown.trim() === "" ? {} : { name: shown.trim().slice(0, 100) };
}

function storageIn(values: Readonly<Record<string, string>>): Found | undefined {
  const entries = Object.entries(values).flatMap(([name, text]) => {
    const { data } = storageSchema.safeParse(jsonIn(text));
    return data === undefined ? [] : [{ name, data }];
  });
  const [first] = entries;
  if (first === undefined) return undefined;
  if (entries.length > 1) {
    const names = entries.map(({ name }) => name).join(", ");
    throw unreadable(`it holds several connections (${names}); give the Secret of one`);
  }
  const { data, name } = first;
  return {
    name: name.replace(/^aws-connection-/, ""),
    accessKey: data.access_key_id,
    secretKey: data.secret_access_key,
    endpoint: data.endpoint_url,
    region: filled(data.region),
    bucket: filled(data.bucket),
  };
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function decodedData(data: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(data).map(([name, value]) => [
      name,
      Buffer.from(value, "base64").toString("utf8"),
    ]),
  );
}

function unreadable(reason: string): StudioError {
  return new StudioError("CONNECTION_UNREADABLE", { source: "the Secret", reason });
}
