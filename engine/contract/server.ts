import { z } from "zod";
import { errorSchema } from "./errors.ts";
import { PRESETS } from "./presets.ts";

/** What a key allows: requesting pictures, and choosing the model to serve. */
export const KEY_SCOPES = ["inference", "management"] as const;

/** A name as in a Host header, without its port. */
const hostName = z
  .string()
  .regex(/^(?:[a-z\d](?:[a-z\d-]*[a-z\d])?\.)*[a-z\d](?:[a-z\d-]*[a-z\d])?$/i)
  .max(253);

/** An origin as browsers send it: scheme, host and port, nothing after it. */
const origin = z
  .string()
  .regex(/^https?:\/\/[^/?#\s@]+$/i)
  .max(300);

/** The full path of a file on this machine. */
const filePath = z.string().min(1).max(1000);

/** The PEM files of a certificate and its key, and of its issuer if that is in a file of its own. */
export const tlsFilesSchema = z.strictObject({
  cert: filePath,
  key: filePath,
  ca: filePath.optional(),
});
export type TlsFiles = z.output<typeof tlsFilesSchema>;

/** The certificate in use. */
export const shownTlsSchema = z.object({
  /** The host names and addresses that it is valid for. */
  names: z.array(z.string()),
  validTo: z.iso.datetime(),
  warnings: z.array(z.string()),
});
export type ShownTls = z.output<typeof shownTlsSchema>;

const choices = {
  /** Whether the server runs whenever the studio does. */
  isOn: z.boolean(),
  /** The address it listens on; any but this machine's own needs a key. */
  host: z.string().min(1).max(253),
  /** 0 for any free port. */
  port: z.int().min(0).max(65_535),
  /** The port for gRPC on the same address; null without gRPC, 0 for any free port. */
  grpcPort: z.int().min(0).max(65_535).nullable(),
  /** The certificate for both listeners; null without TLS. The files are read again when they change. */
  tls: tlsFilesSchema.nullable(),
  /** Whether `/metrics` needs no key where requests need one, like health. */
  isMetricsOpen: z.boolean(),
  /** Additional host names under which clients reach it, such as a proxy's. */
  hostNames: z.array(hostName).max(100),
  /** Origins whose pages may use it in a browser; none by default. */
  origins: z.array(origin).max(100),
  /** Whether requests from this machine need a key, too. */
  isKeyRequired: z.boolean(),
  /** Number of requests that can wait; further ones get 503 and a retry time. */
  queueLength: z.int().min(1).max(1000),
  /** A request that is expected to take longer is refused at once; null for no limit. */
  timeLimitSeconds: z.number().positive().max(86_400).nullable(),
  /** The preset of requests that name none. */
  preset: z.enum(PRESETS),
  /**
   * Whether clients without a key get replies of the notebook profile: `output0`, `fp16`, id `42`. The field has the
   * profile's former name, since settings and keys are stored with it.
   */
  isSeedProfile: z.boolean(),
  /** Whether it also answers OpenAI's images API. */
  isOpenaiOn: z.boolean(),
  /** Whether it also answers the API of A1111's web UI. */
  isA1111On: z.boolean(),
};

/** How this machine serves the Open Inference Protocol. */
export const serverSettingsSchema = z.object({
  isOn: choices.isOn.default(true),
  host: choices.host.default("127.0.0.1"),
  port: choices.port.default(8080),
  grpcPort: choices.grpcPort.default(null),
  tls: choices.tls.default(null),
  isMetricsOpen: choices.isMetricsOpen.default(false),
  hostNames: choices.hostNames.default([]),
  origins: choices.origins.default([]),
  isKeyRequired: choices.isKeyRequired.default(false),
  queueLength: choices.queueLength.default(10),
  timeLimitSeconds: choices.timeLimitSeconds.default(null),
  preset: choices.preset.default("exact"),
  isSeedProfile: choices.isSeedProfile.default(false),
  isOpenaiOn: choices.isOpenaiOn.default(false),
  isA1111On: choices.isA1111On.default(false),
});
export type ServerSettings = z.output<typeof serverSettingsSchema>;

/** Absent members do not change. */
export const serverChangeSchema = z.strictObject(choices).partial();
export type ServerChange = z.output<typeof serverChangeSchema>;

/** This machine's inference server, as it is now. */
export const serverSchema = z.object({
  settings: serverSettingsSchema,
  state: z.enum(["running", "stopped", "failed"]),
  /** Such as `http://127.0.0.1:8080`, or with https; only while it runs. */
  origin: z.string().optional(),
  /** Why it does not run although it should. */
  error: errorSchema.optional(),
  /** Such as `127.0.0.1:8081`; only while it answers gRPC. */
  grpcTarget: z.string().optional(),
  /** Why it does not answer gRPC although it should. */
  grpcError: errorSchema.optional(),
  /** Only with TLS. */
  tls: shownTlsSchema.optional(),
  /** The served model's names; empty if none is served. */
  modelNames: z.array(z.string()),
  /** Number of waiting requests, and whether one is being drawn. */
  waiting: z.int(),
  isDrawing: z.boolean(),
});
export type Server = z.output<typeof serverSchema>;

const keyChoices = {
  /** The person or program that it is for. */
  name: z.string().trim().min(1).max(100),
  scopes: z.array(z.enum(KEY_SCOPES)).min(1).max(KEY_SCOPES.length),
  /** Whether its pictures are added to the gallery. */
  keepsPictures: z.boolean().default(false),
  /** Whether its replies follow the notebook profile; stored under the profile's former name. */
  isSeedProfile: z.boolean().default(false),
};

export const newServerKeySchema = z.strictObject(keyChoices);
export type NewServerKey = z.output<typeof newServerKeySchema>;

/** A key to the server. Its secret is returned once, when it is made. */
export const serverKeySchema = z.object({
  id: z.string().max(64),
  ...keyChoices,
  createdAt: z.iso.datetime(),
  lastUsedAt: z.iso.datetime().optional(),
});
export type ServerKey = z.output<typeof serverKeySchema>;

/** A request to the server: a row of its table. The latest few hundred are kept in memory. */
export const servedRequestSchema = z.object({
  id: z.string(),
  at: z.iso.datetime(),
  /** The client's address. */
  client: z.string(),
  /** The name of its key. */
  keyName: z.string().optional(),
  method: z.string(),
  /** Path and query. */
  path: z.string(),
  state: z.enum(["waiting", "running", "answered", "gone"]),
  /** HTTP status; absent until it is answered. */
  status: z.int().optional(),
  ms: z.number().optional(),
  requestBytes: z.int(),
  replyBytes: z.int().optional(),
});
export type ServedRequest = z.output<typeof servedRequestSchema>;

/** A body for display: its beginning, if it is text. */
export const shownBodySchema = z.object({
  text: z.string(),
  sizeBytes: z.int(),
  /** Whether there is more than is shown. */
  isCut: z.boolean(),
});

/** What was sent and received, without secrets. */
export const exchangeSchema = servedRequestSchema.extend({
  requestHeaders: z.record(z.string(), z.string()),
  requestBody: shownBodySchema,
  replyHeaders: z.record(z.string(), z.string()),
  replyBody: shownBodySchema,
});
export type Exchange = z.output<typeof exchangeSchema>;
