/** An object of the Kubernetes API, as a manifest says it. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [section: string]: unknown;
}

/** Without it OpenShift AI's dashboard does not show what it did not make itself. */
export const DASHBOARD_LABEL = { "opendatahub.io/dashboard": "true" } as const;
