import { z } from "zod";
import { errorSchema } from "./errors.ts";
import { PRESETS } from "./presets.ts";

/** What a key allows: asking for pictures, and choosing the model that is served. */
export const KEY_SCOPES = ["inference", "management"] as const;

/** A name as it stands in a Host header, without its port. */
const hostName = z
  .string()
  .regex(/^(?:[a-z\d](?:[a-z\d-]*[a-z\d])?\.)*[a-z\d](?:[a-z\d-]*[a-z\d])?$/i)
  .max(253);

/** An origin as browsers send it: scheme, host and port, nothing behind. */
const origin = z
  .string()
  .regex(/^https?:\/\/[^/?#\s@]+$/i)
  .max(300);

/** A file of this machine by its full path. */
const filePath = z.string().min(1).max(1000);

/** Where a certificate and its key lie, as PEM, and what signed it where that is a file of its own. */
export const tlsFilesSchema = z.strictObject({
  cert: filePath,
  key: filePath,
  ca: filePath.optional(),
});
export type TlsFiles = z.output<typeof tlsFilesSchema>;

/** The certificate that is shown to clients. */
export const shownTlsSchema = z.object({
  /** Host names and addresses that it is for. */
  names: z.array(z.string()),
  validTo: z.iso.datetime(),
  warnings: z.array(z.string()),
});
export type ShownTls = z.output<typeof shownTlsSchema>;

const choices = {
  /** Whether the server listens whenever the studio is open. */
  isOn: z.boolean(),
  /** The address it listens on; any but this machine's own needs a key. */
  host: z.string().min(1).max(253),
  /** 0 takes any. */
  port: z.int().min(0).max(65_535),
  /** Where it answers gRPC as well, on the same address; null where it does not, 0 takes any. */
  grpcPort: z.int().min(0).max(65_535).nullable(),
  /** With which both listeners encrypt; null where they do not. The files are read again as they change. */
  tls: tlsFilesSchema.nullable(),
  /** Whether `/metrics` is told without a key where requests need one, as health is. */
  isMetricsOpen: z.boolean(),
  /** Names besides addresses under which clients reach it, a proxy's for example. */
  hostNames: z.array(hostName).max(100),
  /** Origins whose pages may use it in a browser; nobody's by default. */
  origins: z.array(origin).max(100),
  /** Whether requests from this machine need a key too. */
  isKeyRequired: z.boolean(),
  /** Requests that may wait; further ones get 503 and a retry time. */
  queueLength: z.int().min(1).max(1000),
  /** A request that is expected to take longer is refused at once; null sets no limit. */
  timeLimitSeconds: z.number().positive().max(86_400).nullable(),
  /** By which a request is drawn that names none. */
  preset: z.enum(PRESETS),
  /** Whether clients without a key of their own get replies of the notebook profile: `output0`, `fp16`, id `42`. */
  isSeedProfile: z.boolean(),
  /** Whether it answers OpenAI's images API as well. */
  isOpenaiOn: z.boolean(),
  /** Whether it answers the API of A1111's web UI as well. */
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

/** What is absent stays as it is. */
export const serverChangeSchema = z.strictObject(choices).partial();
export type ServerChange = z.output<typeof serverChangeSchema>;

/** The inference server of this machine, as it stands now. */
export const serverSchema = z.object({
  settings: serverSettingsSchema,
  state: z.enum(["running", "stopped", "failed"]),
  /** Such as `http://127.0.0.1:8080`, or with https; only while it runs. */
  origin: z.string().optional(),
  /** Why it does not run, where it should. */
  error: errorSchema.optional(),
  /** Such as `127.0.0.1:8081`; only while it answers gRPC. */
  grpcTarget: z.string().optional(),
  /** Why it does not answer gRPC, where it should. */
  grpcError: errorSchema.optional(),
  /** Only while it encrypts. */
  tls: shownTlsSchema.optional(),
  /** Names under which the model that is served answers; none while none is. */
  modelNames: z.array(z.string()),
  /** Requests in front of the device: those that wait, and whether one is being drawn. */
  waiting: z.int(),
  isDrawing: z.boolean(),
});
export type Server = z.output<typeof serverSchema>;

const keyChoices = {
  /** Who or what it is for. */
  name: z.string().trim().min(1).max(100),
  scopes: z.array(z.enum(KEY_SCOPES)).min(1).max(KEY_SCOPES.length),
  /** Whether its pictures enter the gallery. */
  keepsPictures: z.boolean().default(false),
  /** Whether its replies follow the notebook profile. */
  isSeedProfile: z.boolean().default(false),
};

export const newServerKeySchema = z.strictObject(keyChoices);
export type NewServerKey = z.output<typeof newServerKeySchema>;

/** A key to the server. What it is made of is told once, when it is made. */
export const serverKeySchema = z.object({
  id: z.string().max(64),
  ...keyChoices,
  createdAt: z.iso.datetime(),
  lastUsedAt: z.iso.datetime().optional(),
});
export type ServerKey = z.output<typeof serverKeySchema>;

/** One request that the server got: a row of its table. The latest few hundred are kept, in memory. */
export const servedRequestSchema = z.object({
  id: z.string(),
  at: z.iso.datetime(),
  /** Address of the client. */
  client: z.string(),
  /** Name of the key it showed. */
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

/** A body for a person to read: its beginning, as far as it is text. */
export const shownBodySchema = z.object({
  text: z.string(),
  sizeBytes: z.int(),
  /** Whether there is more than is shown. */
  isCut: z.boolean(),
});

/** What went over the wire, without what is secret. */
export const exchangeSchema = servedRequestSchema.extend({
  requestHeaders: z.record(z.string(), z.string()),
  requestBody: shownBodySchema,
  replyHeaders: z.record(z.string(), z.string()),
  replyBody: shownBodySchema,
});
export type Exchange = z.output<typeof exchangeSchema>;
