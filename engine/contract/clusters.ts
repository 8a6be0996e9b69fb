import { oc } from "@orpc/contract";
import { z } from "zod";
import { errorSchema } from "./errors.ts";

export const clusterIdSchema = z.string().regex(/^[\w-]{1,64}$/);

const name = z.string().trim().min(1).max(100);
const path = z.string().trim().min(1).max(4096);
const context = z.string().min(1).max(1000);
/** A project in OpenShift, a namespace in Kubernetes. */
export const namespaceSchema = z.string().trim().min(1).max(63);

/** A cluster from a kubeconfig, or by its API's address and a token. */
export const newClusterSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("kubeconfig"),
    /** By default the context's name. */
    name: name.optional(),
    /** A file on the studio's machine; by default the one that `kubectl` reads. It is read again each time. */
    path: path.optional(),
    /** By default the file's current one. */
    context: context.optional(),
  }),
  z.strictObject({
    kind: z.literal("token"),
    /** By default the host's name. */
    name: name.optional(),
    /** The API server's address, such as `https://api.cluster.example.com:6443`. */
    address: z.string().trim().min(1).max(2048),
    token: z.string().trim().min(1).max(20_000),
    /** PEM of additional authorities for the API server's certificate, besides the system's. */
    ca: z.string().max(200_000).nullable().default(null),
    /** Whether any certificate is accepted: an impostor is then not recognised. */
    isInsecure: z.boolean().default(false),
    /** The project to start with. */
    namespace: namespaceSchema.optional(),
  }),
]);
export type NewCluster = z.output<typeof newClusterSchema>;

/** The result of testing a cluster. */
export const clusterCheckSchema = z.object({
  at: z.iso.datetime(),
  state: z.enum(["ready", "failed"]),
  ms: z.number(),
  /** Kubernetes' version, such as `v1.31.6`. */
  version: z.string().optional(),
  /** Whether KServe is installed. */
  hasKServe: z.boolean().optional(),
  /** Whether it is OpenShift, recognised by the kind `Route`. */
  isOpenShift: z.boolean().optional(),
  /** The projects that the token may list, alphabetically; empty if it may list none. */
  namespaces: z.array(z.string()),
  /** Permissions that deploying needs and the token lacks, such as `create inferenceservices`. */
  missing: z.array(z.string()),
  error: errorSchema.optional(),
});
export type ClusterCheck = z.output<typeof clusterCheckSchema>;

/** A cluster for deployments, without its token. */
export const clusterSchema = z.object({
  id: clusterIdSchema,
  kind: z.enum(["kubeconfig", "token"]),
  name,
  /** The API server's address when the cluster was added. */
  address: z.string(),
  kubeconfig: z.object({ path, context }).optional(),
  /** The project to start with, if known. */
  namespace: namespaceSchema.nullable(),
  ca: z.string().max(200_000).nullable(),
  isInsecure: z.boolean(),
  /** The result of the last test. */
  check: clusterCheckSchema.optional(),
  createdAt: z.iso.datetime(),
});
export type Cluster = z.output<typeof clusterSchema>;

/** A context in a kubeconfig, without secrets. */
export const kubeContextSchema = z.object({
  name: z.string(),
  /** The API server's address; absent if the file lacks it. */
  address: z.string().optional(),
  namespace: z.string().optional(),
  user: z.string().optional(),
  /** Why it cannot be used, as a sentence. */
  fault: z.string().optional(),
});
export type KubeContext = z.output<typeof kubeContextSchema>;

const nothing = z.void();
const cluster = z.object({ id: clusterIdSchema });

/** Operations on clusters; part of the contract. */
export const clusterContract = {
  list: oc.output(z.array(clusterSchema)),
  /** The contexts in a kubeconfig. Refuses as CLUSTER_KUBECONFIG_UNREADABLE. */
  contexts: oc.input(z.object({ path: path.optional() })).output(
    z.object({
      path: z.string(),
      current: z.string().optional(),
      contexts: z.array(kubeContextSchema),
    }),
  ),
  /** Stores a cluster without contacting it; `test` does that. */
  connect: oc.input(newClusterSchema).output(clusterSchema),
  /** Replaces the token of a cluster of kind `token`, which may have expired. */
  setToken: oc
    .input(cluster.extend({ token: z.string().trim().min(1).max(20_000) }))
    .output(clusterSchema),
  /** Removes a cluster and its token; deployments there stay. */
  disconnect: oc.input(cluster).output(nothing),
  /**
   * Tests whether it answers, has KServe, and allows deployments in a project. Never refuses: problems are in the
   * result.
   */
  test: oc
    .input(cluster.extend({ namespace: namespaceSchema.optional() }))
    .output(clusterCheckSchema),
};
