/** A Kubernetes object as in a manifest. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    /** Absent for an object of the whole cluster. */
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [section: string]: unknown;
}

/** Without this label OpenShift AI's dashboard does not show objects that it did not make itself. */
export const DASHBOARD_LABEL = { "opendatahub.io/dashboard": "true" } as const;
