import { parseAllDocuments } from "yaml";
import { StudioError } from "../contract/errors.ts";
import type { KubernetesObject } from "./kubernetes-object.ts";
import { fieldOf } from "./waiting/observed.ts";

interface Kind {
  readonly apiVersion: string;
  /** Its name in API paths and in roles. */
  readonly plural: string;
  /** Whether it belongs to no project. */
  readonly isClusterWide?: true;
}

/** The kinds of objects in a deployment, in the order of applying; no others are applied. */
export const DEPLOYED_KINDS = {
  Secret: { apiVersion: "v1", plural: "secrets" },
  ServiceAccount: { apiVersion: "v1", plural: "serviceaccounts" },
  Role: { apiVersion: "rbac.authorization.k8s.io/v1", plural: "roles" },
  RoleBinding: { apiVersion: "rbac.authorization.k8s.io/v1", plural: "rolebindings" },
  ServingRuntime: { apiVersion: "serving.kserve.io/v1alpha1", plural: "servingruntimes" },
  ClusterServingRuntime: {
    apiVersion: "serving.kserve.io/v1alpha1",
    plural: "clusterservingruntimes",
    isClusterWide: true,
  },
  InferenceService: { apiVersion: "serving.kserve.io/v1beta1", plural: "inferenceservices" },
} as const satisfies Readonly<Record<string, Kind>>;
export type DeployedKind = keyof typeof DEPLOYED_KINDS;

/** In the order of applying. */
export const KINDS = Object.keys(DEPLOYED_KINDS).filter(isDeployedKind);

/** Those in a project. Others are neither needed by every deployment nor removed with one. */
export const PROJECT_KINDS = KINDS.filter((kind) => !isClusterWide(kind));

export function isClusterWide(kind: DeployedKind): boolean {
  return "isClusterWide" in DEPLOYED_KINDS[kind];
}

function isDeployedKind(kind: unknown): kind is DeployedKind {
  return typeof kind === "string" && Object.hasOwn(DEPLOYED_KINDS, kind);
}

/** An object of a kind that is applied. */
export type DeployedObject = KubernetesObject & { readonly kind: DeployedKind };

/** Kubernetes' recommended label, by which applied objects are found again. */
const MANAGED_BY = "app.kubernetes.io/managed-by";
const INSTANCE = "app.kubernetes.io/instance";

/** Selects everything that was applied for a deployment. */
export function ownSelector(name: string): string {
  return `${MANAGED_BY}=darkroom,${INSTANCE}=${name}`;
}

/** Whether Darkroom applied an object. */
export function isOurs(object: unknown): boolean {
  return fieldOf(object, "metadata", "labels", MANAGED_BY) === "darkroom";
}

/** An object with Darkroom's labels for the deployment of this name, unless it belongs to the whole cluster. */
export function asOurs<T extends DeployedObject>(object: T, deployment: string | undefined): T {
  const labels = {
    ...object.metadata.labels,
    [MANAGED_BY]: "darkroom",
    ...(deployment !== undefined && !isClusterWide(object.kind) && { [INSTANCE]: deployment }),
  };
  return { ...object, metadata: { ...object.metadata, labels } };
}

/** The API path of a kind, or of one object if a name is given. The project is used only by kinds that have one. */
export function pathOf(kind: DeployedKind, namespace = "", name?: string): string {
  const { apiVersion, plural } = DEPLOYED_KINDS[kind];
  const root = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const project = isClusterWide(kind) ? "" : `/namespaces/${encodeURIComponent(namespace)}`;
  const place = `${root}${project}/${plural}`;
  return name === undefined ? place : `${place}/${encodeURIComponent(name)}`;
}

const MAX_OBJECTS = 100;

/**
 * The objects in YAML, each with a project, in the order of applying. Refuses as CLUSTER_MANIFEST_INVALID what is no
 * manifest or is of a kind that no deployment contains.
 */
export function deployedObjects(yaml: string, namespace: string | undefined): DeployedObject[] {
  const documents = parseAllDocuments(yaml);
  const objects = documents.flatMap((document) => {
    const [error] = document.errors;
    if (error !== undefined)
      throw refused(`they are not valid YAML: ${error.message.split("\n")[0]}`);
    const value = valueOf(document);
    return value === null || value === undefined ? [] : [checked(value, namespace)];
  });
  if (objects.length === 0) throw refused("they are empty");
  if (objects.length > MAX_OBJECTS) throw refused(`they hold more than ${MAX_OBJECTS} objects`);
  return objects.toSorted((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind));
}

function valueOf(document: { toJS(): unknown }): unknown {
  try {
    return document.toJS();
  } catch {
    throw refused("they refer to themselves too often");
  }
}

function checked(value: unknown, fallback: string | undefined): DeployedObject {
  if (!isRecord(value)) throw refused("one of the documents is not an object");
  const { kind, apiVersion, metadata } = value;
  if (!isDeployedKind(kind)) {
    throw refused(
      `Darkroom applies no ${typeof kind === "string" ? kind : "object without a kind"}`,
    );
  }
  const known = DEPLOYED_KINDS[kind];
  if (apiVersion !== known.apiVersion) {
    throw refused(`the ${kind} is of ${String(apiVersion)} instead of ${known.apiVersion}`);
  }
  const given = isRecord(metadata) ? metadata : {};
  const { name, namespace = fallback, ...rest } = given;
  if (typeof name !== "string" || name === "") throw refused(`a ${kind} has no name`);
  return {
    ...(kind === "Secret" ? withData(value, name) : value),
    apiVersion: known.apiVersion,
    kind,
    metadata: { ...rest, name, ...(!isClusterWide(kind) && projectOf(kind, name, namespace)) },
  };
}

function projectOf(kind: DeployedKind, name: string, namespace: unknown) {
  if (typeof namespace === "string" && namespace !== "") return { namespace };
  throw refused(`the ${kind} ${name} names no project`);
}

/**
 * A Secret with base64 values, as the API stores it: fields applied as `stringData` have no owner afterwards. Refuses
 * one whose keys were not filled in.
 */
function withData(
  secret: Readonly<Record<string, unknown>>,
  name: string,
): Readonly<Record<string, unknown>> {
  const { stringData, data, ...rest } = secret;
  if (!isRecord(stringData)) return secret;
  const texts = Object.entries(stringData).map(([key, text]) => {
    if (typeof text === "string") return [key, base64Of(text)];
    throw refused(`the keys of the Secret ${name} are not filled in; write them with --with-keys`);
  });
  return { ...rest, data: { ...(isRecord(data) && data), ...Object.fromEntries(texts) } };
}

function base64Of(text: string): string {
  const bytes = new TextEncoder().encode(text);
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function refused(reason: string): StudioError {
  return new StudioError("CLUSTER_MANIFEST_INVALID", { reason });
}
