import type { KnownLine } from "./known-line.ts";

/** Lines of the container that copies from the bucket; those closer to a cause come first. */
export const STORAGE_LINES: readonly KnownLine[] = [
  {
    pattern: /InvalidAccessKeyId|InvalidClientTokenId/,
    meaning: "The bucket's service doesn't know the access key.",
    trouble: "storage-failed",
    advice: "Correct the access key in the connection's Secret, then redeploy.",
  },
  {
    pattern: /SignatureDoesNotMatch/,
    meaning: "The secret key does not belong to the access key.",
    trouble: "storage-failed",
    advice: "Correct the secret key in the connection's Secret, then redeploy.",
  },
  {
    pattern: /NoCredentialsError|Unable to locate credentials|PartialCredentialsError/,
    meaning: "The container was given no keys for the bucket.",
    trouble: "storage-failed",
    advice:
      "The project needs a connection whose Secret has the name that the deployment gives as its storage key.",
  },
  {
    pattern: /NoSuchBucket|S3 resource '?([^' ]*)'? not found/,
    meaning: "There is no such bucket.",
    trouble: "storage-failed",
    advice: "Correct the bucket's name in the connection.",
  },
  {
    pattern: /No model found in (\S*?)\.?(?:$|\s)/,
    meaning: ([, path]) =>
      path === undefined || path === ""
        ? "The bucket is empty."
        : `Nothing in the bucket begins with ${path}.`,
    trouble: "storage-failed",
    advice: "Correct the path, or publish the model there.",
  },
  {
    pattern: /\b(AccessDenied|AllAccessDisabled|403)\b.*|Forbidden/,
    meaning: "The keys may not list or read the bucket.",
    trouble: "storage-failed",
    advice: "Use keys that may list the bucket and read its objects.",
  },
  {
    pattern: /RequestTimeTooSkewed/,
    meaning: "The clocks of the cluster and of the bucket's service differ by more than 15 min.",
    trouble: "storage-failed",
    advice: "Have both clocks corrected.",
  },
  {
    pattern: /PermanentRedirect|AuthorizationHeaderMalformed|IllegalLocationConstraint/,
    meaning: "The bucket is in another region than the connection says.",
    trouble: "storage-failed",
    advice: "Correct the region in the connection.",
  },
  {
    pattern:
      /SSLError|CERTIFICATE_VERIFY_FAILED|certificate verify failed|Failed to find ca bundle/,
    meaning: "The certificate of the bucket's service is not trusted in the cluster.",
    trouble: "storage-failed",
    advice: "Add the CA that signed it to OpenShift AI's trusted CA bundle.",
  },
  {
    pattern:
      /EndpointConnectionError|Could not connect to the endpoint|NewConnectionError|Name or service not known|ConnectTimeoutError|Invalid endpoint/,
    meaning: "The cluster cannot reach the bucket's service.",
    trouble: "storage-failed",
    advice:
      "The endpoint must be an address that the cluster's pods can reach; localhost and names of your own network are not.",
  },
  {
    pattern: /ReadTimeoutError|Connection was closed before|IncompleteReadError|ProtocolError/,
    meaning: "The connection to the bucket broke off.",
    trouble: "storage-failed",
    advice: "The copy starts again by itself. If it keeps failing, look at the bucket's service.",
  },
  {
    pattern: /No space left on device|Errno 28|ephemeral.storage/,
    meaning: "The node has no room left for the model.",
    trouble: "storage-failed",
    advice: "Free room on the node, or raise the ephemeral storage that the pod may use.",
  },
  {
    pattern: /Failed to fetch model|Failed to download/,
    meaning: "The model could not be copied.",
    trouble: "storage-failed",
  },
  {
    pattern: /Initializing, args: src_uri \[?(\S+?)\]? /,
    meaning: ([, uri]) => `The copy of ${uri} begins.`,
    isRelief: true,
  },
  {
    pattern: /Copying contents of (\S+) to local/,
    meaning: ([, uri]) => `Files are being copied from ${uri}.`,
    isRelief: true,
  },
  { pattern: /Found S3 object: (\S+)/, meaning: ([, key]) => `${key} will be copied.` },
  { pattern: /Downloaded object (\S+)/, meaning: ([, key]) => `${key} has been copied.` },
  {
    pattern: /Successfully copied|Model downloaded in/,
    meaning: "Everything has been copied.",
    isRelief: true,
  },
  { pattern: /^Traceback/, meaning: "An error follows; its last line says what it was." },
];
