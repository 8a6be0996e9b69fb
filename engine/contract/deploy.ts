import { oc } from "@orpc/contract";
import { z } from "zod";
import type { KServeVersion } from "./archives.ts";
import { bucketPlaceSchema } from "./buckets.ts";
import { errorSchema } from "./errors.ts";

/** How KServe runs a model: as a Knative service, or as a plain Deployment ("Standard" in newer dashboards). */
export const DEPLOY_MODES = ["serverless", "raw"] as const;
export type DeployMode = (typeof DEPLOY_MODES)[number];

/** Fields of the form, each of which can be refused. */
export const DEPLOY_FIELDS = [
  "name",
  "namespace",
  "mode",
  "runtime",
  "kserve",
  "path",
  "connectionSecret",
  "image",
  "cpuRequest",
  "cpuLimit",
  "memoryRequest",
  "memoryLimit",
  "gpus",
  "minReplicas",
  "maxReplicas",
  "timeoutSeconds",
  "tokenName",
  "annotations",
] as const;
export type DeployField = (typeof DEPLOY_FIELDS)[number];

/** What serves the model: the document's TorchServe, or Darkroom in its place. */
export const DEPLOY_RUNTIMES = ["torchserve", "darkroom"] as const;
export type DeployRuntime = (typeof DEPLOY_RUNTIMES)[number];

/** What is typed is checked field by field by the engine, so here it is any short text. */
const typed = z.string().max(2000);

/**
 * What a form holds before anything is typed: the customer's document, with the sizes of its screenshots
 * (model server size Medium, one GPU) and responseTimeout of its config.properties.
 */
export const DEPLOY_DEFAULTS = {
  namespace: "sd-proj",
  mode: "serverless",
  runtime: "torchserve",
  kserve: "0.12",
  /** Empty: made of the connection's name. */
  connectionSecret: "",
  writesConnection: true,
  image: "quay.io/jary/torchserve-kfs:0.12.0-gpu",
  cpuRequest: "4",
  cpuLimit: "8",
  memoryRequest: "8Gi",
  memoryLimit: "10Gi",
  gpus: "1",
  minReplicas: "1",
  maxReplicas: "1",
  timeoutSeconds: "300",
  hasToken: true,
  tokenName: "default-name",
  annotations: "",
} as const;

/** A deployment as it is typed: numbers and quantities are texts. */
export const deployDraftSchema = bucketPlaceSchema.extend({
  /** The folder that a model was published to. */
  path: typed,
  /** Of the InferenceService, and of everything that is made for it. */
  name: typed,
  namespace: typed.default(DEPLOY_DEFAULTS.namespace),
  mode: typed.default(DEPLOY_DEFAULTS.mode),
  runtime: typed.default(DEPLOY_DEFAULTS.runtime),
  kserve: typed.default(DEPLOY_DEFAULTS.kserve),
  connectionSecret: typed.default(DEPLOY_DEFAULTS.connectionSecret),
  /** Whether the connection's Secret is made, or is in the project already. */
  writesConnection: z.boolean().default(DEPLOY_DEFAULTS.writesConnection),
  image: typed.default(DEPLOY_DEFAULTS.image),
  cpuRequest: typed.default(DEPLOY_DEFAULTS.cpuRequest),
  cpuLimit: typed.default(DEPLOY_DEFAULTS.cpuLimit),
  memoryRequest: typed.default(DEPLOY_DEFAULTS.memoryRequest),
  memoryLimit: typed.default(DEPLOY_DEFAULTS.memoryLimit),
  gpus: typed.default(DEPLOY_DEFAULTS.gpus),
  minReplicas: typed.default(DEPLOY_DEFAULTS.minReplicas),
  maxReplicas: typed.default(DEPLOY_DEFAULTS.maxReplicas),
  timeoutSeconds: typed.default(DEPLOY_DEFAULTS.timeoutSeconds),
  hasToken: z.boolean().default(DEPLOY_DEFAULTS.hasToken),
  tokenName: typed.default(DEPLOY_DEFAULTS.tokenName),
  /** Further annotations of the InferenceService, one a line as `key: value`. */
  annotations: z.string().max(20_000).default(DEPLOY_DEFAULTS.annotations),
});
export type DeployDraft = z.output<typeof deployDraftSchema>;

/** A deployment whose every field can be used. */
export interface DeployForm {
  readonly runtime: DeployRuntime;
  readonly name: string;
  readonly namespace: string;
  readonly mode: DeployMode;
  readonly kserve: KServeVersion;
  /** As it was typed, and with the slash at its end. */
  readonly typedPath: string;
  readonly path: string;
  readonly connectionSecret: string;
  readonly writesConnection: boolean;
  readonly image: string;
  readonly cpu: Requested;
  readonly memory: Requested;
  readonly gpus: number;
  readonly minReplicas: number;
  readonly maxReplicas: number;
  readonly timeoutSeconds: number;
  /** Undefined: whoever reaches the route may ask. */
  readonly tokenName: string | undefined;
  readonly annotations: Readonly<Record<string, string>>;
}

/** What a container is given at least, and at most, as Kubernetes writes quantities. */
export interface Requested {
  readonly request: string;
  readonly limit: string;
}

export const deployFaultSchema = z.object({ field: z.enum(DEPLOY_FIELDS), error: errorSchema });
export type DeployFault = z.output<typeof deployFaultSchema>;

/** First and last line of a text, counted from 1. */
const linesSchema = z.tuple([z.int(), z.int()]);

/** Where a manifest departs from what it is compared with, and why. */
export const deployDifferenceSchema = z.object({
  /** Such as `spec.containers.kserve-container.env.TS_SERVICE_ENVELOPE`. */
  path: z.string(),
  /** Absent where they say nothing. */
  theirs: z.string().optional(),
  /** Absent where we leave it out. */
  ours: z.string().optional(),
  reason: z.string(),
  /** Where it stands in each text; for what is absent, what it would stand in. */
  theirLines: linesSchema,
  ourLines: linesSchema,
});
export type DeployDifference = z.output<typeof deployDifferenceSchema>;

/** One file to apply or to build with. */
export const deployFileSchema = z.object({
  name: z.string(),
  /** What it holds, such as `ServingRuntime`. */
  kinds: z.array(z.string()),
  text: z.string(),
  /** What it is compared with: the customer's document, or what OpenShift AI's dashboard writes. */
  theirs: z.object({ of: z.enum(["document", "dashboard"]), text: z.string() }).optional(),
  differences: z.array(deployDifferenceSchema),
});
export type DeployFile = z.output<typeof deployFileSchema>;

/** What a form becomes; while a field cannot be used there are no files. */
export const deployManifestsSchema = z.object({
  faults: z.array(deployFaultSchema),
  files: z.array(deployFileSchema),
  /** What works, and is worth knowing: sentences. */
  notes: z.array(z.string()),
  /** Lines for a terminal. */
  commands: z.object({ build: z.array(z.string()), apply: z.string() }),
});
export type DeployManifests = z.output<typeof deployManifestsSchema>;

/** Everything that may be asked of deployments; a part of the contract. */
export const deployContract = {
  /** Never refuses a field: `faults` tells. Keys are placeholders in it. Refuses as NOT_FOUND and BUCKET_NOT_CHOSEN. */
  manifests: oc.input(deployDraftSchema).output(deployManifestsSchema),
  /**
   * Writes the files into a folder of this machine, the connection's keys among them only where that is asked
   * for. Refuses the first field that cannot be used, and as OUTPUT_EXISTS files that are there.
   */
  save: oc
    .input(
      deployDraftSchema.extend({
        folder: z.string().min(1).max(4096),
        withKeys: z.boolean().default(false),
        force: z.boolean().default(false),
      }),
    )
    .output(deployManifestsSchema.extend({ paths: z.array(z.string()) })),
};
