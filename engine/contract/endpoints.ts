import { oc } from "@orpc/contract";
import { z } from "zod";
import { endpointIdSchema } from "./endpoint-id.ts";
import { stats } from "./endpoint-stats.ts";
import { errorSchema } from "./errors.ts";
import { settingTrialSchema } from "./setting-trial.ts";

export { endpointIdSchema } from "./endpoint-id.ts";

/** Name of an HTTP header that a person may set; the ones that the client itself sets are refused. */
const headerName = z.string().regex(/^[!#$%&'*+.^_`|~\w-]{1,100}$/);

/**
 * How much of a request the endpoint understands: `prompt` is what the customer's handler reads; `full` has
 * every setting that its metadata declares.
 */
export const REQUEST_PROFILES = ["prompt", "full"] as const;

/**
 * What an endpoint speaks: the Open Inference Protocol over REST or gRPC, KServe's v1, or the image APIs of OpenAI and
 * of AUTOMATIC1111's web UI. Stored: only ever grows.
 */
export const ENDPOINT_KINDS = ["v2", "v1", "grpc", "openai", "a1111"] as const;
export type EndpointKind = (typeof ENDPOINT_KINDS)[number];

const choices = {
  kind: z.enum(ENDPOINT_KINDS),
  name: z.string().trim().min(1).max(100),
  /** The service's base address, or the full one that ends in `/infer`; https, or http on this machine. */
  url: z.string().trim().min(1).max(2048),
  /** The model's name, which often differs from the service's. */
  model: z.string().trim().min(1).max(300),
  profile: z.enum(REQUEST_PROFILES),
  /** PEM of the authorities that this endpoint's certificate may come from, besides the system's. */
  ca: z.string().max(200_000).nullable(),
  /** Whether whatever certificate it shows is taken: nothing then tells a stranger from it. */
  isInsecure: z.boolean(),
  /** Whether the token may go over http to another machine. */
  isTokenOverHttp: z.boolean(),
  /** Whether it is reached without the proxy that the environment names. */
  isDirect: z.boolean(),
  /** Sent with every request; values are kept as secrets. */
  headers: z.array(z.object({ name: headerName, value: z.string().max(8192) })).max(20),
  /** Until the first byte of a reply. */
  timeoutSeconds: z.number().min(1).max(86_400),
  /** How long a start is waited for, from scaled to zero or in a deployment; 0 waits for none. */
  startSeconds: z.number().min(0).max(86_400),
  /** How often it is asked whether it is ready, and nothing else, while the studio runs; 0 never. */
  checkMinutes: z.int().min(0).max(10_080),
};

/** Knative gives a new revision 600 s to become ready (progress-deadline). */
export const START_SECONDS = 600;

export const newEndpointSchema = z.strictObject({
  url: choices.url,
  /** The host's first label by default. */
  name: choices.name.optional(),
  /** Absent: detected automatically, or else the notebook's `stable-diffusion`. */
  model: choices.model.optional(),
  profile: choices.profile.optional(),
  /** Absent: what the address says, or else v2. */
  kind: choices.kind.optional(),
  /** A bearer token, or the content of a `token.cfg`. Bound to the address's origin. */
  token: z.string().max(20_000).optional(),
  ca: choices.ca.default(null),
  isInsecure: choices.isInsecure.default(false),
  isTokenOverHttp: choices.isTokenOverHttp.default(false),
  isDirect: choices.isDirect.default(false),
  headers: choices.headers.default([]),
  timeoutSeconds: choices.timeoutSeconds.default(600),
  startSeconds: choices.startSeconds.default(START_SECONDS),
  checkMinutes: choices.checkMinutes.default(0),
});
export type NewEndpoint = z.input<typeof newEndpointSchema>;

/** What is absent stays as it is. A token stays only while the origin does. */
export const endpointChangeSchema = z
  .strictObject(choices)
  .partial()
  .extend({ id: endpointIdSchema });
export type EndpointChange = z.output<typeof endpointChangeSchema>;

/** What a look at an endpoint came to. */
export const endpointCheckSchema = z.object({
  at: z.iso.datetime(),
  state: z.enum(["ready", "not-ready", "failed"]),
  /** Of the readiness request. */
  ms: z.number(),
  /** What it said of itself, as far as it said anything. */
  server: z.string().optional(),
  /** The models it lists; empty where it lists none. */
  models: z.array(z.string()),
  /** Inputs that the model's metadata declares; empty where it declares none, as the notebook's service does. */
  inputs: z.array(z.string()),
  error: errorSchema.optional(),
  /** Whether the endpoint has lost its token, or got another, since. */
  isOutdated: z.boolean().optional(),
});
export type EndpointCheck = z.output<typeof endpointCheckSchema>;

/** What a quiet check came to: a question of readiness, without a picture. */
export const quietCheckSchema = z.object({
  at: z.iso.datetime(),
  state: z.enum(["ready", "not-ready", "failed"]),
  ms: z.number().min(0),
  /** Why it is not ready, as far as there is a refusal. */
  error: errorSchema.optional().catch(undefined),
});
export type QuietCheck = z.output<typeof quietCheckSchema>;

/** An authority or a certificate, for a person to compare. */
export const certificateSchema = z.object({
  subject: z.string(),
  issuer: z.string(),
  /** SHA-256, in pairs of hex digits. */
  fingerprint: z.string(),
  validTo: z.iso.datetime(),
  /** The certificate itself, so that it can be trusted for one endpoint. */
  pem: z.string(),
});
export type Certificate = z.output<typeof certificateSchema>;

/** A remote inference endpoint: a KServe service that is asked for pictures. */
export const endpointSchema = z.object({
  id: endpointIdSchema,
  ...choices,
  /** Scheme, host and port: all that its token is ever sent to. */
  origin: z.string(),
  /** Names only; what is sent stays in the secrets. */
  headers: z.array(headerName),
  hasToken: z.boolean(),
  /** Of a token that says when it ends. */
  tokenExpiresAt: z.iso.datetime().optional(),
  /** Whose token it is, where it says so: `system:serviceaccount:NAMESPACE:NAME`. */
  tokenSubject: z.string().optional(),
  certificate: certificateSchema.omit({ pem: true }).optional(),
  /** The last look at it. */
  check: endpointCheckSchema.optional(),
  /** Which settings it uses, as a trial found. */
  trial: settingTrialSchema.optional(),
  /** Whether its wrapper's PROTOCOL_VERSION is v1, so that pictures are asked for on v1's address. */
  isV1Wrapper: z.boolean().optional(),
  /** Why the last picture failed; absent after one that did not. */
  lastError: errorSchema.optional(),
  /** Its latest starts that were waited for, the newest first. */
  starts: z.array(z.object({ at: z.iso.datetime(), seconds: z.number() })).optional(),
  /** Whether it has ever answered at this address. */
  hasAnswered: z.boolean().optional(),
  /** Of the latest pictures it drew; absent before the first. */
  medianSeconds: z.number().optional(),
  /** How many pictures that is the median of. */
  medianOf: z.int().optional(),
  /** Its latest quiet checks, the oldest first; absent where there are none. */
  quietChecks: z.array(quietCheckSchema).optional(),
  createdAt: z.iso.datetime(),
});
export type Endpoint = z.output<typeof endpointSchema>;

/** What a text tells of an endpoint: a start for the form, checked and added by a person. */
export const foundEndpointSchema = z.object({
  url: choices.url,
  name: choices.name.optional(),
  model: choices.model.optional(),
  profile: choices.profile.optional(),
  kind: choices.kind.optional(),
  isInsecure: z.boolean().optional(),
  timeoutSeconds: choices.timeoutSeconds.optional(),
  /** Out of the same text, for the form alone. */
  token: z.string().max(20_000).optional(),
  needsToken: z.boolean().optional(),
});
export type FoundEndpoint = z.output<typeof foundEndpointSchema>;

/** What a pasted or dropped text turned out to be. */
export const recognisedSchema = z.object({
  kind: z.enum([
    "address",
    "token",
    "curl",
    "share",
    "route",
    "inference-service",
    "kubeconfig",
    "recording",
  ]),
  endpoints: z.array(foundEndpointSchema),
});
export type Recognised = z.output<typeof recognisedSchema>;

/** Longest text that is looked at: a kubeconfig, or a list of services. */
export const MAX_RECOGNISED = 1 << 20;

const nothing = z.void();
const endpoint = z.object({ id: endpointIdSchema });

/** What may be asked of inference endpoints on other machines. */
export const endpointContract = {
  list: oc.output(z.array(endpointSchema)),
  /** Adds one without asking it anything; `test` does that. */
  add: oc.input(newEndpointSchema).output(endpointSchema),
  /** Says what a text is and which endpoints it tells of; adds nothing. */
  recognise: oc
    .input(z.object({ text: z.string().min(1).max(MAX_RECOGNISED) }))
    .output(recognisedSchema),
  change: oc.input(endpointChangeSchema).output(endpointSchema),
  remove: oc.input(endpoint).output(nothing),
  /** A bearer token or the content of a `token.cfg`; null forgets it. */
  setToken: oc
    .input(endpoint.extend({ token: z.string().max(20_000).nullable() }))
    .output(endpointSchema),
  /** Asks it whether it is ready, which models it has and what they take. Never refuses: the check tells. */
  test: oc.input(endpoint).output(endpointCheckSchema),
  stats,
  /** The certificates that a host shows, its own first; nothing is trusted by looking. */
  certificates: oc
    .input(z.object({ url: z.string().max(2048), isDirect: choices.isDirect.optional() }))
    .output(z.array(certificateSchema)),
};
