/** The refusals about buckets; errors.ts explains the fields. */
export const BUCKET_REFUSALS = {
  BUCKET_UNREACHABLE: {
    status: 502,
    sentence: "{host} did not answer: {reason}.",
    advice: "Check the connection's endpoint and the network, and try again.",
  },
  BUCKET_CERTIFICATE: {
    status: 502,
    sentence: "{host} presents a certificate that is not trusted: {reason}.",
    advice:
      "Nothing was sent. If you trust it, add its CA certificate to the connection. If it has expired or names another host, its operator must fix it.",
  },
  BUCKET_KEYS_REFUSED: {
    status: 403,
    sentence: "{host} does not accept the keys of the connection: {reason}.",
    advice:
      "Enter access key and secret key again; keys that worked before may have been replaced.",
  },
  BUCKET_DENIED: {
    status: 403,
    sentence: "The keys of the connection do not allow this: {what}.",
    advice: "Ask the person who gave you the keys for this permission, or use other keys.",
  },
  BUCKET_CLOCK: {
    status: 403,
    sentence: "The clocks of this computer and of {host} differ too much: {reason}.",
    advice: "Set this computer's date and time, with its time zone, and try again.",
  },
  BUCKET_REGION: {
    status: 400,
    sentence: "{host} does not accept the region {region}: {reason}.",
    advice: "Enter the bucket's own region in the connection.",
  },
  BUCKET_MOVED: {
    status: 502,
    sentence: "{host} redirects requests for this bucket to {location}.",
    advice: "Nothing was sent there; change the connection's endpoint if you trust the new one.",
  },
  BUCKET_PATH_STYLE: {
    status: 502,
    sentence: "{host} does not support this form of address: {reason}.",
    advice: "Set the connection's path style to {wanted}, or to auto.",
  },
  BUCKET_NOT_FOUND: {
    status: 404,
    sentence: "{host} has no bucket called {bucket}.",
    advice: "Check its name in the connection, or create it.",
  },
  BUCKET_NOT_CHOSEN: {
    status: 422,
    sentence: "The connection {name} names no bucket.",
    advice: "Enter the bucket's name in the connection, or choose one from its list.",
  },
  BUCKET_NAME_INVALID: {
    status: 422,
    sentence: "A bucket cannot be called {bucket}: {reason}.",
    advice:
      "Use 3 to 63 lower-case letters, digits, hyphens and dots, and begin with a letter or digit.",
  },
  BUCKET_EXISTS: {
    status: 409,
    sentence: "{host} already has a bucket called {bucket}.",
    advice: "Use it if it is yours, or choose another name.",
  },
  OBJECT_NOT_FOUND: {
    status: 404,
    sentence: "The bucket {bucket} contains no {key}.",
    advice: "It may have been deleted; look at the list again.",
  },
  OBJECT_DIFFERS: {
    status: 502,
    sentence: "{host} stored {key} differently from what was sent: {reason}.",
    advice:
      "Send it again; if it happens again, the service or something in front of it is at fault.",
  },
  BUCKET_UNSUPPORTED: {
    status: 501,
    sentence: "{host} cannot do this: {what}.",
    advice: "Use another program or another server for it; everything else works.",
  },
  BUCKET_BUSY: {
    status: 503,
    sentence: "{host} cannot answer just now: {reason}.",
    advice: "Try again later.",
  },
  BUCKET_REPLY_INVALID: {
    status: 502,
    sentence: "The reply of {host} cannot be used: {reason}.",
    advice: "Check that the endpoint is an S3 service; its console often has another address.",
  },
  BUCKET_REFUSED: {
    status: 502,
    sentence: "{host} refused ({reason}): {what}.",
    advice: "Change the request, or ask the service's operator: its log says more.",
  },
  CONNECTION_UNREADABLE: {
    status: 422,
    sentence: "No connection can be read from {source}: {reason}.",
    advice: "Enter access key, secret key and endpoint by hand, or correct it.",
  },
  OBJECT_CHANGED: {
    status: 409,
    sentence: "{key} was replaced in the bucket {bucket} while it was read.",
    advice: "Wait until no other program writes to it, then try again.",
  },
  BUCKET_NOT_SERVABLE: {
    status: 422,
    sentence: "A cluster would not serve {path}: {reason}.",
    advice:
      "Run `darkroom archive check` to see everything that prevents it, and publish the model again if necessary.",
  },
  UPLOAD_INPUT_CHANGED: {
    status: 409,
    sentence: "{what} changed while it was uploaded.",
    advice: "Wait until no other program writes to it, then resume the upload.",
  },
} as const;
