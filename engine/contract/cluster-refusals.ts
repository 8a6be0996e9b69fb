/** The refusals about clusters and their deployments; errors.ts explains the fields. */
export const CLUSTER_REFUSALS = {
  CLUSTER_KUBECONFIG_UNREADABLE: {
    status: 422,
    sentence: "The kubeconfig {path} cannot be used: {reason}.",
    advice: "Choose another file or context, or enter the API's address and a token.",
  },
  CLUSTER_UNREACHABLE: {
    status: 502,
    sentence: "The cluster's API at {host} did not answer: {reason}.",
    advice: "Check the address, the network and the VPN, and try again.",
  },
  CLUSTER_CERTIFICATE: {
    status: 502,
    sentence: "The cluster's API at {host} presents a certificate that is not trusted: {reason}.",
    advice:
      "Nothing was sent. If you trust it, add its CA certificate to the cluster: `certificate-authority-data` of a kubeconfig.",
  },
  CLUSTER_TOKEN_REFUSED: {
    status: 401,
    sentence: "The cluster's API at {host} does not accept the token: {reason}.",
    advice: "Log in again with `oc login`, or enter a new token; `oc whoami -t` prints one.",
  },
  CLUSTER_ADMIN_NEEDED: {
    status: 403,
    sentence: "{account} may not {what} for the whole cluster.",
    advice:
      "Ask a cluster administrator to apply the ClusterServingRuntime, or choose a runtime for this project only.",
  },
  CLUSTER_DENIED: {
    status: 403,
    sentence: "{account} may not {what} in the project {namespace}.",
    advice:
      "Ask an administrator of the project for this permission; the role edit includes most of what is needed.",
  },
  CLUSTER_WITHOUT_KSERVE: {
    status: 422,
    sentence: "The cluster at {host} does not know the kind {kind}: KServe is not installed there.",
    advice: "Install OpenShift AI's single-model serving or KServe, or choose another cluster.",
  },
  CLUSTER_NAMESPACE_MISSING: {
    status: 404,
    sentence: "The cluster has no project called {namespace}.",
    advice: "Create it with `oc new-project {namespace}`, or choose another one.",
  },
  CLUSTER_CONFLICT: {
    status: 409,
    sentence: "{kind} {name} was changed by another client: {manager} set {path}.",
    advice: "Look at the differences, and apply with force to overwrite them.",
  },
  CLUSTER_QUOTA: {
    status: 403,
    sentence: "The project's quota does not allow this: {reason}.",
    advice: "Request less, remove something else, or ask an administrator for a larger quota.",
  },
  CLUSTER_WEBHOOK: {
    status: 422,
    sentence: "{webhook}, a check of the cluster, refused {kind} {name}: {reason}.",
    advice: "Correct the field named in the message, and try again.",
  },
  CLUSTER_OBJECT_INVALID: {
    status: 422,
    sentence: "The cluster refused {kind} {name}: {reason}.",
    advice: "Correct the field named in the message, and try again.",
  },
  CLUSTER_MANIFEST_INVALID: {
    status: 422,
    sentence: "The manifests cannot be applied: {reason}.",
    advice: "Write them again with `darkroom deploy manifests`, or on the Deploy page.",
  },
  CLUSTER_BUSY: {
    status: 503,
    sentence: "The cluster's API at {host} cannot answer now: {reason}.",
    advice: "Try again in a moment.",
  },
  CLUSTER_REPLY_INVALID: {
    status: 502,
    sentence: "{host} sent a reply that is not from a cluster's API: {reason}.",
    advice: "Enter the API's address, as `oc whoami --show-server` prints it.",
  },
  DEPLOYMENT_NOT_OURS: {
    status: 409,
    sentence: "{name} was not applied by Darkroom, so Darkroom does not change it.",
    advice: "Change it where it was made, or apply it from here with force.",
  },
  DEPLOYMENT_NOT_EXPOSED: {
    status: 409,
    sentence: "{name} cannot be reached from outside the cluster: {reason}.",
    advice: "Expose it by a route, or add an endpoint with an address that leads to it.",
  },
  DEPLOYMENT_NOT_READY: {
    status: 504,
    sentence: "{name} was not ready after {waited}: {reason}.",
    advice: "It continues by itself; `darkroom deploy status {name}` shows its progress.",
  },
} as const;
