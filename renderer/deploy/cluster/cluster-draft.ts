import type { NewCluster } from "../../../engine/contract/clusters.ts";

/** The fields of a cluster as typed; empty means not given. */
export interface ClusterDraft {
  readonly kind: "kubeconfig" | "token";
  readonly name: string;
  readonly path: string;
  readonly context: string;
  readonly address: string;
  readonly token: string;
  readonly ca: string;
  readonly isInsecure: boolean;
  readonly namespace: string;
}

export const EMPTY_CLUSTER: ClusterDraft = {
  kind: "kubeconfig",
  name: "",
  path: "",
  context: "",
  address: "",
  token: "",
  ca: "",
  isInsecure: false,
  namespace: "",
};

/** The properties of a part of the form. */
export interface ClusterFieldsProps {
  readonly draft: ClusterDraft;
  /** Whether required fields that are empty say so. */
  readonly areFaultsShown: boolean;
  readonly onChange: (change: Partial<ClusterDraft>) => void;
}

/** The cluster to send: without the fields of the kind that was not chosen, and without empty ones. */
export function newClusterOf(draft: ClusterDraft): NewCluster {
  const { kind, isInsecure, address, token, ca } = draft;
  const given = (key: "name" | "path" | "context" | "namespace") => {
    const value = draft[key].trim();
    return value === "" ? {} : { [key]: value };
  };
  if (kind === "kubeconfig")
    return { kind, ...given("name"), ...given("path"), ...given("context") };
  return {
    kind,
    ...given("name"),
    ...given("namespace"),
    address,
    token,
    ca: ca.trim() === "" ? null : ca,
    isInsecure,
  };
}
