import { oc } from "@orpc/contract";
import { z } from "zod";
import type { KServeVersion } from "./archives.ts";
import { bucketPlaceSchema } from "./buckets.ts";
import { errorSchema } from "./errors.ts";

/** How KServe runs a model: as a Knative service, or as a plain Deployment ("Standard" in newer dashboards). */
export const DEPLOY_MODES = ["serverless", "raw"] as const;
export type DeployMode = (typeof DEPLOY_MODES)[number];

/** The fields of the form, each of which can be refused. */
export const DEPLOY_FIELDS = [
  "name",
  "namespace",
  "mode",
  "runtime",
  "runtimeScope",
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

/** Who can use the runtime: one project (ServingRuntime), or every project of the cluster (ClusterServingRuntime). */
export const RUNTIME_SCOPES = ["project", "cluster"] as const;
type RuntimeScope = (typeof RUNTIME_SCOPES)[number];

/** The engine validates each field, so any short text is accepted here. */
const typed = z.string().max(2000);

/**
 * The form's initial values: the KServe example, with the sizes in its screenshots (model server size Medium, one
 * GPU) and the responseTimeout in its config.properties.
 */
export const DEPLOY_DEFAULTS = {
  namespace: "sd-proj",
  mode: "serverless",
  runtime: "torchserve",
  runtimeScope: "project",
  kserve: "0.12",
  /** Empty: derived from the connection's name. */
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

/** A deployment as entered: numbers and quantities are texts. */
export const deployDraftSchema = bucketPlaceSchema.extend({
  /** The folder that a model was published to. */
  path: typed,
  /** The InferenceService's name, also used for everything that is made for it. */
  name: typed,
  namespace: typed.default(DEPLOY_DEFAULTS.namespace),
  mode: typed.default(DEPLOY_DEFAULTS.mode),
  runtime: typed.default(DEPLOY_DEFAULTS.runtime),
  /** Only Darkroom's runtime can be for the whole cluster. */
  runtimeScope: typed.default(DEPLOY_DEFAULTS.runtimeScope),
  kserve: typed.default(DEPLOY_DEFAULTS.kserve),
  connectionSecret: typed.default(DEPLOY_DEFAULTS.connectionSecret),
  /** Whether the connection's Secret is created, or already exists in the project. */
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
  /** Additional annotations of the InferenceService, one per line as `key: value`. */
  annotations: z.string().max(20_000).default(DEPLOY_DEFAULTS.annotations),
});
export type DeployDraft = z.output<typeof deployDraftSchema>;

/** A deployment with valid fields only. */
export interface DeployForm {
  readonly runtime: DeployRuntime;
  readonly runtimeScope: RuntimeScope;
  readonly name: string;
  readonly namespace: string;
  readonly mode: DeployMode;
  readonly kserve: KServeVersion;
  /** As entered, and with a trailing slash. */
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
  /** Undefined: everyone who can reach the route may use it. */
  readonly tokenName: string | undefined;
  readonly annotations: Readonly<Record<string, string>>;
}

/** A container's request and limit, as Kubernetes quantities. */
export interface Requested {
  readonly request: string;
  readonly limit: string;
}

export const deployFaultSchema = z.object({ field: z.enum(DEPLOY_FIELDS), error: errorSchema });
export type DeployFault = z.output<typeof deployFaultSchema>;

/** First and last line of a text, counted from 1. */
const linesSchema = z.tuple([z.int(), z.int()]);

/** A difference between a manifest and what it is compared with, and its reason. */
export const deployDifferenceSchema = z.object({
  /** Such as `spec.containers.kserve-container.env.TS_SERVICE_ENVELOPE`. */
  path: z.string(),
  /** Absent if it is not in the other text. */
  theirs: z.string().optional(),
  /** Absent if we leave it out. */
  ours: z.string().optional(),
  reason: z.string(),
  /** Its place in each text; if it is absent there, the place that would contain it. */
  theirLines: linesSchema,
  ourLines: linesSchema,
});
export type DeployDifference = z.output<typeof deployDifferenceSchema>;

/** A file to apply or to build with. */
export const deployFileSchema = z.object({
  name: z.string(),
  /** The kinds of objects in it, such as `ServingRuntime`. */
  kinds: z.array(z.string()),
  text: z.string(),
  /** What it is compared with: the KServe example, or what OpenShift AI's dashboard writes. */
  theirs: z.object({ of: z.enum(["document", "dashboard"]), text: z.string() }).optional(),
  differences: z.array(deployDifferenceSchema),
});
export type DeployFile = z.output<typeof deployFileSchema>;

/** The result for a form; without files if a field is invalid. */
export const deployManifestsSchema = z.object({
  faults: z.array(deployFaultSchema),
  files: z.array(deployFileSchema),
  /** Notes about valid settings, as sentences. */
  notes: z.array(z.string()),
  /** Commands for a terminal. */
  commands: z.object({
    build: z.array(z.string()),
    /** What a cluster administrator applies first; absent if the project's users can apply everything. */
    applyFirst: z.string().optional(),
    apply: z.string(),
  }),
});
export type DeployManifests = z.output<typeof deployManifestsSchema>;

/** The name of the file that only a cluster administrator can apply, if there is one. */
export function administratorsFile(files: readonly DeployFile[]): string | undefined {
  return files.find(({ kinds }) => kinds.includes("ClusterServingRuntime"))?.name;
}

/** Operations on manifests; part of the contract. */
export const deployContract = {
  /**
   * Never refuses a field: `faults` lists problems. Keys are placeholders. Refuses as NOT_FOUND and BUCKET_NOT_CHOSEN.
   */
  manifests: oc.input(deployDraftSchema).output(deployManifestsSchema),
  /**
   * Writes the files into a folder on this machine, with the connection's keys only if requested. Refuses the first
   * invalid field, and existing files as OUTPUT_EXISTS.
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
