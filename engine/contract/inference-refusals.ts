/**
 * The refusals about inference: replies of remote endpoints, and refusals of this machine's inference server. errors.ts
 * has the others, and explains the fields.
 */
export const INFERENCE_REFUSALS = {
  ENDPOINT_REPLY_INVALID: {
    status: 502,
    sentence: "The endpoint's reply cannot be used: {reason}.",
    advice:
      "Check its address, kind and model; if they are right, give this message to its operator.",
  },
  ENDPOINT_REPLY_BROKEN: {
    status: 502,
    sentence: "The endpoint's reply did not arrive completely: {reason}.",
    advice:
      "Try again; if it happens each time, its server or a proxy in front of it cuts replies off, and its operator can fix that.",
  },
  ENDPOINT_REPLY_TOO_LARGE: {
    status: 502,
    sentence: "The endpoint's reply is too large: {reason}.",
    advice: "Ask for a smaller picture, or for one at a time.",
  },
  ENDPOINT_PICTURE_INVALID: {
    status: 502,
    sentence: "The endpoint's picture cannot be used: {reason}.",
    advice:
      "Try another seed; if it happens each time, its operator must fix the model or its server.",
  },
  ENDPOINT_REFUSED: {
    status: 502,
    sentence: "The endpoint refused the request with status {status}: {reason}.",
    advice: "Change the request or the endpoint's kind, or ask its operator: its log says more.",
  },
  ENDPOINT_FAULT: {
    status: 502,
    sentence: "The endpoint's server failed (status {status}): {reason}.",
    advice: "{fix}.",
  },
  ENDPOINT_TOKEN_REFUSED: {
    status: 403,
    sentence: "The endpoint denied access: {reason}.",
    advice: "Enter a token; one that was sent may have expired.",
  },
  ENDPOINT_MODEL_UNKNOWN: {
    status: 404,
    sentence: "The endpoint has no such model: {reason}.",
    advice: "Choose a name that it lists; the service's own name is often different.",
  },
  ENDPOINT_BUSY: {
    status: 503,
    sentence: "The endpoint is busy (status {status}): {reason}.",
    advice: "Try again later.",
  },
  ENDPOINT_NOT_SERVED: {
    status: 502,
    sentence: "No service answers at the endpoint's address (status {status}): {reason}.",
    advice: "Check the address; if it is right, ask its operator whether the service is running.",
  },
  ENDPOINT_TIMED_OUT: {
    status: 504,
    sentence: "The endpoint's route or a proxy gave up waiting (status {status}).",
    advice:
      "Ask its operator for a longer timeout (on OpenShift the route's annotation), or ask for fewer steps.",
  },
  ENDPOINT_NOT_STARTED: {
    status: 503,
    sentence: "The endpoint did not start within {seconds} s: {reason}.",
    advice:
      "The request for the picture was not sent. Look at its pods and their log, or allow more time for starting in the endpoint's settings.",
  },
  ENDPOINT_LEFT: {
    status: 499,
    sentence: "The request had been sent to {name}, so its server may still be working on it.",
    advice: "Try again when it is free; a picture that arrives now is discarded.",
  },
  ENDPOINT_UNREACHABLE: {
    status: 502,
    sentence: "{host} did not answer: {reason}.",
    advice: "Check the address and the network, and try again.",
  },
  ENDPOINT_CERTIFICATE: {
    status: 502,
    sentence: "{host} presents a certificate that is not trusted: {reason}.",
    advice:
      "Nothing was sent. If you recognise it, trust it for this endpoint. If it has expired or names another host, its operator must fix it.",
  },
  ENDPOINT_MOVED: {
    status: 502,
    sentence: "The endpoint has moved to {location}.",
    advice: "Nothing was sent there; change its address if you trust the new one.",
  },
  QUEUE_FULL: {
    status: 503,
    sentence: "The queue is full: {waiting} requests are already waiting.",
    advice: "Try again in {seconds} s.",
  },
  TIME_LIMIT: {
    status: 503,
    sentence: "The reply would take about {expected} s, and the limit is {limit} s.",
    advice:
      "Ask for a faster preset, fewer steps or a smaller picture, or try again in {seconds} s.",
  },
  LIMIT_TOO_SHORT: {
    status: 400,
    sentence: "Drawing this alone takes about {expected} s, and the limit is {limit} s.",
    advice: "Ask for a faster preset, fewer steps or a smaller picture, or raise the limit.",
  },
  SERVER_CLOSING: {
    status: 503,
    sentence: "The inference server was stopped before the reply was ready.",
    advice: "Try again when it is running.",
  },
  TIMED_OUT: {
    status: 504,
    sentence: "The request was stopped at its limit of {limit} s.",
    advice: "Ask for fewer steps or a smaller picture, or raise the limit.",
  },
  KEY_NEEDED: {
    status: 409,
    sentence:
      "The inference server cannot listen on {host} without a key: other computers can reach it there.",
    advice: "Create a key on the Server page first, or keep the address 127.0.0.1.",
  },
  CERTIFICATE_UNUSABLE: {
    status: 422,
    sentence: "The file {file} cannot be used for TLS: {reason}.",
    advice:
      "Choose a certificate and its key in PEM form, as `openssl` and cert-manager write them.",
  },
  KEY_REFUSED: {
    status: 401,
    sentence: "The request is not authorised: {reason}.",
    advice: "Send `Authorization: Bearer KEY` with a key from the Server page.",
  },
  KEY_INSUFFICIENT: {
    status: 403,
    sentence: "This key does not allow {scope}.",
    advice: "Use a key that does, or create one on the Server page.",
  },
  REQUEST_REFUSED: {
    status: 403,
    sentence: "The inference server refused this request: {reason}.",
    advice:
      "The Server page shows the server's address, and the names and origins that it accepts.",
  },
  VERSION_UNKNOWN: {
    status: 404,
    sentence: "{model} has no version {version}.",
    advice: "Its only version is {known}; the address without /versions/… means that one.",
  },
  MODEL_NOT_SERVED: {
    status: 503,
    sentence: "{model} is not served now: {reason}.",
    advice: "{fix}.",
  },
  BODY_TOO_LARGE: {
    status: 413,
    sentence: "The body is larger than {limit}.",
    advice: "A request for pictures takes a few kilobytes; send less.",
  },
  BODIES_TOO_MANY: {
    status: 503,
    sentence: "Requests being read already take up {limit}.",
    advice: "Try again in {seconds} s.",
  },
  REPLY_TOO_LONG: {
    status: 500,
    sentence:
      "The picture is drawn, but its reply has {bytes} bytes, and max_response_size allows {limit}.",
    advice: "Raise max_response_size in config.properties, or ask for PNG.",
  },
  ENCODING_UNKNOWN: {
    status: 415,
    sentence: "The body's encoding cannot be {encoding}.",
    advice: "Send it uncompressed, or with gzip or deflate.",
  },
  EXTENSION_NOT_OFFERED: {
    status: 501,
    sentence: "This server does not offer {extension}.",
    advice: "GET /v2 lists the extensions that it has.",
  },
  ADDRESS_UNKNOWN: {
    status: 404,
    sentence: "The inference server has no address {address}.",
    advice: "GET /openapi.json lists those that it has.",
  },
  METHOD_REFUSED: {
    status: 405,
    sentence: "{address} does not accept {method}.",
    advice: "Use {allowed}.",
  },
} as const;
