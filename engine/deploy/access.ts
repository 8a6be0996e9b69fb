import type { DeployForm } from "../contract/deploy.ts";
import { ANNOTATIONS } from "./annotations.ts";
import { DASHBOARD_LABEL, type KubernetesObject } from "./kubernetes-object.ts";

/** The parts of a connection that go into its Secret. */
export interface ConnectionFacts {
  readonly name: string;
  readonly endpoint: string;
  readonly region: string | null;
  readonly bucket: string;
  /** Whether the service's certificate is signed by a private CA. */
  readonly hasCa: boolean;
}

export interface ConnectionKeys {
  readonly accessKey: string;
  readonly secretKey: string;
}

/**
 * Placeholders for keys: the API server refuses a list where it expects text, so a Secret that was not filled in is
 * refused and does not overwrite one that works.
 */
export const PLACEHOLDERS = {
  accessKey: ["REPLACE THIS LIST WITH THE ACCESS KEY"],
  secretKey: ["REPLACE THIS LIST WITH THE SECRET KEY"],
} as const;

/**
 * The connection as OpenShift AI stores it (odh-dashboard, api/k8s/secrets.ts); older versions call it a data
 * connection.
 */
export function connectionSecret(
  { connectionSecret: name, namespace }: DeployForm,
  connection: ConnectionFacts,
  keys: ConnectionKeys | undefined,
): KubernetesObject {
  const { accessKey, secretKey } = keys ?? PLACEHOLDERS;
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: {
      name,
      namespace,
      // odh-model-controller collects Secrets with both labels into storage-config, where KServe looks.
      labels: { ...DASHBOARD_LABEL, "opendatahub.io/managed": "true" },
      annotations: {
        [ANNOTATIONS.displayName]: connection.name,
        "opendatahub.io/connection-type": "s3",
        "opendatahub.io/connection-type-protocol": "s3",
      },
    },
    type: "Opaque",
    stringData: {
      AWS_ACCESS_KEY_ID: accessKey,
      AWS_SECRET_ACCESS_KEY: secretKey,
      AWS_S3_ENDPOINT: connection.endpoint,
      AWS_DEFAULT_REGION: connection.region ?? "us-east-1",
      AWS_S3_BUCKET: connection.bucket,
    },
  };
}

const RBAC = "rbac.authorization.k8s.io";

/**
 * A service account that may use this one service, and a token for it that does not expire, named as in the dashboard.
 */
export function tokenObjects(form: DeployForm, tokenName: string): readonly KubernetesObject[] {
  const { name, namespace } = form;
  const account = `${name}-sa`;
  const role = `${name}-view-role`;
  return [
    {
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: { name: account, namespace, labels: DASHBOARD_LABEL },
    },
    {
      apiVersion: `${RBAC}/v1`,
      kind: "Role",
      metadata: { name: role, namespace, labels: DASHBOARD_LABEL },
      rules: [
        {
          apiGroups: ["serving.kserve.io"],
          resources: ["inferenceservices"],
          resourceNames: [name],
          verbs: ["get"],
        },
      ],
    },
    {
      apiVersion: `${RBAC}/v1`,
      kind: "RoleBinding",
      metadata: { name: `${name}-view`, namespace, labels: DASHBOARD_LABEL },
      roleRef: { apiGroup: RBAC, kind: "Role", name: role },
      subjects: [{ kind: "ServiceAccount", name: account, namespace }],
    },
    {
      apiVersion: "v1",
      kind: "Secret",
      metadata: {
        name: `${tokenName}-${account}`,
        namespace,
        labels: DASHBOARD_LABEL,
        annotations: {
          "kubernetes.io/service-account.name": account,
          [ANNOTATIONS.displayName]: tokenName,
        },
      },
      type: "kubernetes.io/service-account-token",
    },
  ];
}

/** The dashboard's prefix for a data connection's Secret. */
const CONNECTION_PREFIX = "aws-connection-";

/** A name for a connection's Secret: the connection's, reduced to valid characters. */
export function secretNameFor(connectionName: string): string {
  const plain = connectionName
    .toLowerCase()
    .replaceAll(/[^a-z\d]+/g, "-")
    .slice(0, 40)
    .replaceAll(/^-+|-+$/g, "");
  return `${CONNECTION_PREFIX}${plain === "" ? "bucket" : plain}`;
}
