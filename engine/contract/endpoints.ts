import { oc } from "@orpc/contract";
import { z } from "zod";
import { endpointIdSchema } from "./endpoint-id.ts";
import { stats } from "./endpoint-stats.ts";
import { errorSchema } from "./errors.ts";
import { settingTrialSchema } from "./setting-trial.ts";

export { endpointIdSchema } from "./endpoint-id.ts";

/** The name of a custom HTTP header; those that the client itself sets are refused. */
const headerName = z.string().regex(/^[!#$%&'*+.^_`|~\w-]{1,100}$/);

/**
 * How many settings are sent: `prompt` is what the KServe example's handler reads; `full` is every setting that the
 * endpoint's metadata declares.
 */
export const REQUEST_PROFILES = ["prompt", "full"] as const;

/**
 * An endpoint's protocol: the Open Inference Protocol over REST or gRPC, KServe's v1, or the image APIs of OpenAI and
 * AUTOMATIC1111. Stored, so names are only added.
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
  /** PEM of additional authorities for this endpoint's certificate, besides the system's. */
  ca: z.string().max(200_000).nullable(),
  /** Whether any certificate is accepted: an impostor is then not recognised. */
  isInsecure: z.boolean(),
  /** Whether the token may be sent to another machine over http. */
  isTokenOverHttp: z.boolean(),
  /** Whether the environment's proxy is bypassed. */
  isDirect: z.boolean(),
  /** Sent with every request; values are stored as secrets. */
  headers: z.array(z.object({ name: headerName, value: z.string().max(8192) })).max(20),
  /** Until the first byte of a reply. */
  timeoutSeconds: z.number().min(1).max(86_400),
  /** How long to wait for a start, from zero replicas or during a deployment; 0 does not wait. */
  startSeconds: z.number().min(0).max(86_400),
  /** How often to ask whether it is ready, without drawing, while the studio runs; 0 for never. */
  checkMinutes: z.int().min(0).max(10_080),
};

/** Knative gives a new revision 600 s to become ready (progress-deadline). */
export const START_SECONDS = 600;

export const newEndpointSchema = z.strictObject({
  url: choices.url,
  /** By default the host's first label. */
  name: choices.name.optional(),
  /** Absent: detected automatically, or else the notebook's `stable-diffusion`. */
  model: choices.model.optional(),
  profile: choices.profile.optional(),
  /** Absent: derived from the address or found by a test, or else v2. */
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

/** Absent members do not change. The token is kept only if the origin stays the same. */
export const endpointChangeSchema = z
  .strictObject(choices)
  .partial()
  .extend({ id: endpointIdSchema });
export type EndpointChange = z.output<typeof endpointChangeSchema>;

/** The result of testing an endpoint. */
export const endpointCheckSchema = z.object({
  at: z.iso.datetime(),
  state: z.enum(["ready", "not-ready", "failed"]),
  /** Of the readiness request. */
  ms: z.number(),
  /** What it said about itself, if anything. */
  server: z.string().optional(),
  /** The models it lists; empty if it lists none. */
  models: z.array(z.string()),
  /** Inputs in the model's metadata; empty if there are none, as for the notebook's service. */
  inputs: z.array(z.string()),
  /** The number of dimensions of each of these inputs; absent if all have one. */
  ranks: z.array(z.int()).optional(),
  /** Whether it offers binary tensors (`binary_tensor_data`), so that pictures are asked for as such. */
  isBinary: z.boolean().optional(),
  error: errorSchema.optional(),
  /** Whether the endpoint's token has changed since. */
  isOutdated: z.boolean().optional(),
});
export type EndpointCheck = z.output<typeof endpointCheckSchema>;

/** The result of a quiet check: a question about readiness, without a picture. */
export const quietCheckSchema = z.object({
  at: z.iso.datetime(),
  state: z.enum(["ready", "not-ready", "failed"]),
  ms: z.number().min(0),
  /** Why it is not ready, if there is a refusal. */
  error: errorSchema.optional().catch(undefined),
});
export type QuietCheck = z.output<typeof quietCheckSchema>;

/** An authority or certificate, for a person to compare. */
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

/** A remote inference endpoint: a service that is asked for pictures. */
export const endpointSchema = z.object({
  id: endpointIdSchema,
  ...choices,
  /** Scheme, host and port: the only place where its token is sent. */
  origin: z.string(),
  /** Names only; the values stay in the secrets. */
  headers: z.array(headerName),
  hasToken: z.boolean(),
  /** If its token says when it expires. */
  tokenExpiresAt: z.iso.datetime().optional(),
  /** If its token says whose it is: `system:serviceaccount:NAMESPACE:NAME`. */
  tokenSubject: z.string().optional(),
  certificate: certificateSchema.omit({ pem: true }).optional(),
  /** Whether its protocol or its model is only a default: not chosen, and never answered to. */
  isKindAssumed: z.boolean().optional(),
  isModelAssumed: z.boolean().optional(),
  /** The result of the last test. */
  check: endpointCheckSchema.optional(),
  /** Which settings it uses, as a trial found. */
  trial: settingTrialSchema.optional(),
  /** Whether its wrapper's PROTOCOL_VERSION is v1, so that pictures are requested at v1's address. */
  isV1Wrapper: z.boolean().optional(),
  /** Why the last picture failed; absent after a successful one. */
  lastError: errorSchema.optional(),
  /** Its latest starts that were waited for, newest first. */
  starts: z.array(z.object({ at: z.iso.datetime(), seconds: z.number() })).optional(),
  /** Whether it has ever answered at this address. */
  hasAnswered: z.boolean().optional(),
  /** Of the latest pictures it drew; absent before the first. */
  medianSeconds: z.number().optional(),
  /** The number of pictures in this median. */
  medianOf: z.int().optional(),
  /** Its latest quiet checks, oldest first; absent if there are none. */
  quietChecks: z.array(quietCheckSchema).optional(),
  createdAt: z.iso.datetime(),
});
export type Endpoint = z.output<typeof endpointSchema>;

/** What a text says about an endpoint: initial values for the form. */
export const foundEndpointSchema = z.object({
  url: choices.url,
  name: choices.name.optional(),
  model: choices.model.optional(),
  profile: choices.profile.optional(),
  kind: choices.kind.optional(),
  isInsecure: z.boolean().optional(),
  timeoutSeconds: choices.timeoutSeconds.optional(),
  /** From the same text, for the form only. */
  token: z.string().max(20_000).optional(),
  needsToken: z.boolean().optional(),
});
export type FoundEndpoint = z.output<typeof foundEndpointSchema>;

/** What a pasted or dropped text was recognised as. */
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

/** Maximum length of a text: a kubeconfig, or a list of services. */
export const MAX_RECOGNISED = 1 << 20;

const nothing = z.void();
const endpoint = z.object({ id: endpointIdSchema });

/** Operations on inference endpoints on other machines. */
export const endpointContract = {
  list: oc.output(z.array(endpointSchema)),
  /** Adds an endpoint without contacting it; `test` does that. */
  add: oc.input(newEndpointSchema).output(endpointSchema),
  /** Recognises a text and the endpoints in it; adds nothing. */
  recognise: oc
    .input(z.object({ text: z.string().min(1).max(MAX_RECOGNISED) }))
    .output(recognisedSchema),
  change: oc.input(endpointChangeSchema).output(endpointSchema),
  remove: oc.input(endpoint).output(nothing),
  /** A bearer token or the content of a `token.cfg`; null removes it. */
  setToken: oc
    .input(endpoint.extend({ token: z.string().max(20_000).nullable() }))
    .output(endpointSchema),
  /** Asks whether it is ready, and for its models and their inputs. Never refuses: problems are in the result. */
  test: oc.input(endpoint).output(endpointCheckSchema),
  stats,
  /** The certificates of a host, its own first; nothing is trusted by looking at them. */
  certificates: oc
    .input(z.object({ url: z.string().max(2048), isDirect: choices.isDirect.optional() }))
    .output(z.array(certificateSchema)),
};
