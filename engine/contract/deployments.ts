import { eventIterator, oc } from "@orpc/contract";
import { z } from "zod";
import { clusterIdSchema, namespaceSchema } from "./clusters.ts";
import { DEPLOY_FIELDS, DEPLOY_MODES, deployDraftSchema } from "./deploy.ts";
import { deployLogLineSchema, deployStateSchema } from "./deploy-states.ts";
import { endpointIdSchema } from "./endpoints.ts";
import { errorSchema } from "./errors.ts";

/** Where a deployment is: the InferenceService of this name. */
export const deploymentPlaceSchema = z.object({
  clusterId: clusterIdSchema,
  namespace: namespaceSchema,
  name: z.string().trim().min(1).max(253),
});
export type DeploymentPlace = z.output<typeof deploymentPlaceSchema>;

const applying = {
  clusterId: clusterIdSchema,
  /** Whether fields that somebody else has set become ours. */
  force: z.boolean().default(false),
};

/** What is to be applied: a form, with the keys of its connection; or manifests as YAML. */
export const deploymentSourceSchema = z.union([
  z.strictObject({ ...applying, draft: deployDraftSchema }),
  z.strictObject({
    ...applying,
    yaml: z
      .string()
      .min(1)
      .max(1 << 20),
  }),
]);
export type DeploymentSource = z.output<typeof deploymentSourceSchema>;

/** A place in an object that another value is written to. Values of Secrets read `(hidden)`. */
export const objectChangeSchema = z.object({
  /** Such as `spec.predictor.minReplicas`. */
  path: z.string(),
  /** Absent where there is nothing yet. */
  before: z.string().optional(),
  /** Absent where it is taken away. */
  after: z.string().optional(),
});
export type ObjectChange = z.output<typeof objectChangeSchema>;

/** What applying one object would do, or did. */
export const appliedObjectSchema = z.object({
  kind: z.string(),
  name: z.string(),
  namespace: z.string(),
  /** `skipped` was not tried, since an object before it was refused. */
  outcome: z.enum(["created", "changed", "unchanged", "refused", "skipped"]),
  /** Empty for what is created. */
  changes: z.array(objectChangeSchema),
  /** Sentences of the API server and of its webhooks, as they say them. */
  warnings: z.array(z.string()),
  /** Fields that somebody else has set otherwise: only `force` takes them over. */
  conflicts: z.array(z.object({ manager: z.string(), path: z.string() })),
  /** Why it was refused. */
  error: errorSchema.optional(),
  /** Paths in the object that it was refused for, and the form's field where one decides them. */
  faults: z.array(
    z.object({ path: z.string(), reason: z.string(), field: z.enum(DEPLOY_FIELDS).optional() }),
  ),
});
export type AppliedObject = z.output<typeof appliedObjectSchema>;

export const appliedSchema = z.object({
  /** Of the InferenceService; absent where the manifests hold none. */
  place: deploymentPlaceSchema.optional(),
  /** In the order in which they are applied. */
  objects: z.array(appliedObjectSchema),
  /** Whether nothing is refused and nothing conflicts. */
  isSound: z.boolean(),
});
export type Applied = z.output<typeof appliedSchema>;

/** A model deployment of a cluster. */
export const deploymentSchema = deploymentPlaceSchema.extend({
  displayName: z.string(),
  mode: z.enum(DEPLOY_MODES),
  /** Whether Darkroom applied it: only then can it be scaled, redeployed and removed here. */
  isOurs: z.boolean(),
  /** The folder in the bucket. */
  path: z.string().optional(),
  minReplicas: z.int(),
  maxReplicas: z.int().optional(),
  state: deployStateSchema,
  /** As the cluster tells it; absent until it is known. */
  url: z.string().optional(),
  /** The endpoint that was added for it. */
  endpointId: endpointIdSchema.optional(),
  createdAt: z.iso.datetime().optional(),
});
export type Deployment = z.output<typeof deploymentSchema>;

/** What a watched deployment looks like now. */
export const watchedDeploymentSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("state"), deployment: deploymentSchema }),
  /** It is ready, and this endpoint was added or was there already: the watch goes on. */
  z.object({ type: z.literal("endpoint"), endpointId: endpointIdSchema }),
  /** It is ready, and no endpoint could be added: why. The watch goes on. */
  z.object({ type: z.literal("endpoint-failed"), error: errorSchema }),
  /** The cluster cannot be asked any more: why. The stream ends. */
  z.object({ type: z.literal("failed"), error: errorSchema }),
  /** It does not exist any more; the stream ends. */
  z.object({ type: z.literal("gone") }),
]);
export type WatchedDeployment = z.output<typeof watchedDeploymentSchema>;

/** What removing did to one object, or would do. */
export const removedObjectSchema = z.object({
  kind: z.string(),
  name: z.string(),
  outcome: z.enum(["removed", "kept", "absent"]),
  /** Why it is kept, as a sentence. */
  reason: z.string().optional(),
});
export type RemovedObject = z.output<typeof removedObjectSchema>;

/** What may be asked of deployments in clusters; a part of the contract, beside the manifests. */
export const deploymentContract = {
  /**
   * Asks the API server what applying would do; nothing is changed. What is wrong with an object is told at that
   * object; what is wrong with the cluster is refused as one of the CLUSTER codes.
   */
  dryRun: oc.input(deploymentSourceSchema).output(appliedSchema),
  /**
   * Server-side apply under the field manager `darkroom`, after a dry run of everything: where that is not sound
   * nothing is applied.
   */
  apply: oc
    .input(z.intersection(deploymentSourceSchema, z.object({ force: z.boolean().default(false) })))
    .output(appliedSchema.extend({ isApplied: z.boolean() })),
  /** Every InferenceService of a project, ours first. */
  list: oc
    .input(z.object({ clusterId: clusterIdSchema, namespace: namespaceSchema }))
    .output(z.array(deploymentSchema)),
  status: oc.input(deploymentPlaceSchema).output(deploymentSchema),
  /**
   * The state now and whenever it changes, until nobody listens. Once ready, the endpoint is added with its URL, the
   * cluster's CA and the token of its Secret, unless `addsEndpoint` is false. What is wrong at the beginning is refused.
   */
  watch: oc
    .input(deploymentPlaceSchema.extend({ addsEndpoint: z.boolean().default(true) }))
    .output(eventIterator(watchedDeploymentSchema)),
  /** The last lines of its containers' logs, oldest first. */
  logs: oc
    .input(deploymentPlaceSchema.extend({ lines: z.int().min(1).max(400).default(100) }))
    .output(z.array(deployLogLineSchema)),
  /** Adds the endpoint of one that is ready, or finds it; `watch` does this by itself. */
  addEndpoint: oc.input(deploymentPlaceSchema).output(z.object({ endpointId: endpointIdSchema })),
  /** Keeps at least so many running; 0 lets it stop. Refuses as DEPLOYMENT_NOT_OURS. `notes` say what that means. */
  scale: oc
    .input(deploymentPlaceSchema.extend({ to: z.int().min(0).max(100) }))
    .output(z.object({ notes: z.array(z.string()) })),
  /** Starts it anew, with the same manifests: a changed archive or image is fetched again. */
  redeploy: oc.input(deploymentPlaceSchema).output(z.void()),
  /** Removes what Darkroom applied for it, and nothing else; with `dryRun` it only tells what that would be. */
  remove: oc
    .input(deploymentPlaceSchema.extend({ dryRun: z.boolean() }))
    .output(z.object({ objects: z.array(removedObjectSchema) })),
};
