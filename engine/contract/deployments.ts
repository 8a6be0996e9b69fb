import { eventIterator, oc } from "@orpc/contract";
import { z } from "zod";
import { clusterIdSchema, namespaceSchema } from "./clusters.ts";
import { DEPLOY_FIELDS, DEPLOY_MODES, deployDraftSchema } from "./deploy.ts";
import { deployLogLineSchema, deployStateSchema } from "./deploy-states.ts";
import { endpointIdSchema } from "./endpoints.ts";
import { errorSchema } from "./errors.ts";

/** A deployment's place: the InferenceService with this name. */
export const deploymentPlaceSchema = z.object({
  clusterId: clusterIdSchema,
  namespace: namespaceSchema,
  name: z.string().trim().min(1).max(253),
});
export type DeploymentPlace = z.output<typeof deploymentPlaceSchema>;

const applying = {
  clusterId: clusterIdSchema,
  /** Whether to take over fields that others have set. */
  force: z.boolean().default(false),
};

/** What to apply: a form, with the keys of its connection; or manifests as YAML. */
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

/** A changed value in an object. Values of Secrets are shown as `(hidden)`. */
export const objectChangeSchema = z.object({
  /** Such as `spec.predictor.minReplicas`. */
  path: z.string(),
  /** Absent if it is new. */
  before: z.string().optional(),
  /** Absent if it is removed. */
  after: z.string().optional(),
});
export type ObjectChange = z.output<typeof objectChangeSchema>;

/** The result, or the dry run, of applying one object. */
export const appliedObjectSchema = z.object({
  kind: z.string(),
  name: z.string(),
  /** Empty for an object of the whole cluster. */
  namespace: z.string(),
  /** `skipped` was not tried, since an earlier object was refused. */
  outcome: z.enum(["created", "changed", "unchanged", "refused", "skipped"]),
  /** Empty for a created object. */
  changes: z.array(objectChangeSchema),
  /** Warnings of the API server and its webhooks. */
  warnings: z.array(z.string()),
  /** Fields that others have set differently; `force` takes them over. */
  conflicts: z.array(z.object({ manager: z.string(), path: z.string() })),
  /** Why it was refused. */
  error: errorSchema.optional(),
  /** The paths in the object that were refused, with the form's field that decides each. */
  faults: z.array(
    z.object({ path: z.string(), reason: z.string(), field: z.enum(DEPLOY_FIELDS).optional() }),
  ),
});
export type AppliedObject = z.output<typeof appliedObjectSchema>;

export const appliedSchema = z.object({
  /** The InferenceService's place; absent if the manifests contain none. */
  place: deploymentPlaceSchema.optional(),
  /** In the order of applying. */
  objects: z.array(appliedObjectSchema),
  /** Whether there are no refusals and no conflicts. */
  isSound: z.boolean(),
});
export type Applied = z.output<typeof appliedSchema>;

/** A model deployment in a cluster. */
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
  /** As reported by the cluster; absent until it is known. */
  url: z.string().optional(),
  /** The endpoint that was added for it. */
  endpointId: endpointIdSchema.optional(),
  createdAt: z.iso.datetime().optional(),
});
export type Deployment = z.output<typeof deploymentSchema>;

/** News about a watched deployment. */
export const watchedDeploymentSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("state"), deployment: deploymentSchema }),
  /** It is ready, and this endpoint was added or existed already; the watch continues. */
  z.object({ type: z.literal("endpoint"), endpointId: endpointIdSchema }),
  /** It is ready, but no endpoint could be added, for this reason; the watch continues. */
  z.object({ type: z.literal("endpoint-failed"), error: errorSchema }),
  /** The cluster can no longer be asked, for this reason; the stream ends. */
  z.object({ type: z.literal("failed"), error: errorSchema }),
  /** It no longer exists; the stream ends. */
  z.object({ type: z.literal("gone") }),
]);
export type WatchedDeployment = z.output<typeof watchedDeploymentSchema>;

/** The result, or the dry run, of removing one object. */
export const removedObjectSchema = z.object({
  kind: z.string(),
  name: z.string(),
  outcome: z.enum(["removed", "kept", "absent"]),
  /** Why it is kept, as a sentence. */
  reason: z.string().optional(),
});
export type RemovedObject = z.output<typeof removedObjectSchema>;

/** Operations on deployments in clusters; part of the contract, besides the manifests. */
export const deploymentContract = {
  /**
   * Asks the API server what applying would do, without changing anything. Problems with an object are reported at that
   * object; problems with the cluster are refused as one of the CLUSTER codes.
   */
  dryRun: oc.input(deploymentSourceSchema).output(appliedSchema),
  /**
   * Server-side apply with the field manager `darkroom`, after a dry run of everything; if that finds a problem,
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
   * The state, now and at every change, until the caller stops. Once it is ready, an endpoint is added with its URL,
   * the cluster's CA and the token from its Secret, unless `addsEndpoint` is false. A problem at the start is refused.
   */
  watch: oc
    .input(deploymentPlaceSchema.extend({ addsEndpoint: z.boolean().default(true) }))
    .output(eventIterator(watchedDeploymentSchema)),
  /** The last lines of its containers' logs, oldest first. */
  logs: oc
    .input(deploymentPlaceSchema.extend({ lines: z.int().min(1).max(400).default(100) }))
    .output(z.array(deployLogLineSchema)),
  /** Adds the endpoint of a ready deployment, or finds it; `watch` does this automatically. */
  addEndpoint: oc.input(deploymentPlaceSchema).output(z.object({ endpointId: endpointIdSchema })),
  /**
   * Keeps at least this many replicas running; 0 lets it stop. Refuses as DEPLOYMENT_NOT_OURS. `notes` explain the
   * effect.
   */
  scale: oc
    .input(deploymentPlaceSchema.extend({ to: z.int().min(0).max(100) }))
    .output(z.object({ notes: z.array(z.string()) })),
  /** Restarts it with the same manifests: a changed archive or image is fetched again. */
  redeploy: oc.input(deploymentPlaceSchema).output(z.void()),
  /** Removes what Darkroom applied for it, and nothing else; with `dryRun` only lists it. */
  remove: oc
    .input(deploymentPlaceSchema.extend({ dryRun: z.boolean() }))
    .output(z.object({ objects: z.array(removedObjectSchema) })),
};
