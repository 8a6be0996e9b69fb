import { oc } from "@orpc/contract";
import { z } from "zod";
import { errorSchema } from "./errors.ts";

export const clusterIdSchema = z.string().regex(/^[\w-]{1,64}$/);

const name = z.string().trim().min(1).max(100);
const path = z.string().trim().min(1).max(4096);
const context = z.string().min(1).max(1000);
/** A project of OpenShift, a namespace of Kubernetes. */
export const namespaceSchema = z.string().trim().min(1).max(63);

/** A cluster as a kubeconfig describes it, or its API's address with a token. */
export const newClusterSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("kubeconfig"),
    /** The context's name by default. */
    name: name.optional(),
    /** A file of the studio's machine: the one that `kubectl` would read by default. It is read anew each time. */
    path: path.optional(),
    /** The file's current one by default. */
    context: context.optional(),
  }),
  z.strictObject({
    kind: z.literal("token"),
    /** The host's name by default. */
    name: name.optional(),
    /** Of the API server, such as `https://api.cluster.example.com:6443`. */
    address: z.string().trim().min(1).max(2048),
    token: z.string().trim().min(1).max(20_000),
    /** PEM of the authorities that the API server's certificate may come from, besides the system's. */
    ca: z.string().max(200_000).nullable().default(null),
    /** Whether whatever certificate it shows is accepted: nothing then tells a stranger from it. */
    isInsecure: z.boolean().default(false),
    /** The project to begin with. */
    namespace: namespaceSchema.optional(),
  }),
]);
export type NewCluster = z.output<typeof newClusterSchema>;

/** What a look at a cluster came to. */
export const clusterCheckSchema = z.object({
  at: z.iso.datetime(),
  state: z.enum(["ready", "failed"]),
  ms: z.number(),
  /** Of Kubernetes, such as `v1.31.6`. */
  version: z.string().optional(),
  /** Whether KServe's kinds are there. */
  hasKServe: z.boolean().optional(),
  /** Whether it is OpenShift, by its kind `Route`. */
  isOpenShift: z.boolean().optional(),
  /** Projects that the token may list, in alphabetical order; empty where it may not list any. */
  namespaces: z.array(z.string()),
  /** What deploying takes and is not allowed in the cluster's project, such as `create inferenceservices`. */
  missing: z.array(z.string()),
  error: errorSchema.optional(),
});
export type ClusterCheck = z.output<typeof clusterCheckSchema>;

/** A cluster that models can be deployed to, without its token. */
export const clusterSchema = z.object({
  id: clusterIdSchema,
  kind: z.enum(["kubeconfig", "token"]),
  name,
  /** Of the API server, as it was when the cluster was added. */
  address: z.string(),
  kubeconfig: z.object({ path, context }).optional(),
  /** The project to begin with, where one is known. */
  namespace: namespaceSchema.nullable(),
  ca: z.string().max(200_000).nullable(),
  isInsecure: z.boolean(),
  /** Of the last look at it. */
  check: clusterCheckSchema.optional(),
  createdAt: z.iso.datetime(),
});
export type Cluster = z.output<typeof clusterSchema>;

/** A context of a kubeconfig, without what is secret of it. */
export const kubeContextSchema = z.object({
  name: z.string(),
  /** Address of its API server; absent where the file lacks it. */
  address: z.string().optional(),
  namespace: z.string().optional(),
  user: z.string().optional(),
  /** Why it cannot be used, as a sentence. */
  fault: z.string().optional(),
});
export type KubeContext = z.output<typeof kubeContextSchema>;

const nothing = z.void();
const cluster = z.object({ id: clusterIdSchema });

/** Everything that may be asked of clusters; a part of the contract. */
export const clusterContract = {
  list: oc.output(z.array(clusterSchema)),
  /** What a kubeconfig offers. Refuses as CLUSTER_KUBECONFIG_UNREADABLE. */
  contexts: oc.input(z.object({ path: path.optional() })).output(
    z.object({
      path: z.string(),
      current: z.string().optional(),
      contexts: z.array(kubeContextSchema),
    }),
  ),
  /** Keeps one without asking it anything; `test` does that. */
  connect: oc.input(newClusterSchema).output(clusterSchema),
  /** Another token for a cluster of the kind `token`: the former one may have expired. */
  setToken: oc
    .input(cluster.extend({ token: z.string().trim().min(1).max(20_000) }))
    .output(clusterSchema),
  /** Forgets it and its token; what is deployed there stays. */
  disconnect: oc.input(cluster).output(nothing),
  /** Looks whether it answers, has KServe, and allows a deployment in a project. Never refuses: the check tells. */
  test: oc
    .input(cluster.extend({ namespace: namespaceSchema.optional() }))
    .output(clusterCheckSchema),
};
