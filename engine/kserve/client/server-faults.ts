/** A server's failure in plain words, and how its operator can fix it. */
export interface ServerFault {
  /** Completes a sentence after a colon. */
  readonly reason: string;
  /** A sentence without its full stop. */
  readonly fix: string;
}

interface KnownFault extends ServerFault {
  readonly text: RegExp;
}

/** A wrapper that draws on v2's address but can answer only on v1's. */
export const V1_WRAPPER: ServerFault = {
  reason:
    "KServe's wrapper drew the picture and could not send it, since its PROTOCOL_VERSION is v1 (the default)",
  fix: "Set PROTOCOL_VERSION to v2 in the ServingRuntime's environment",
};

/**
 * Failures that are the server's own fault, by the text of real servers' replies: TorchServe 0.12, KServe 0.13 to 0.20
 * in front of it, routers that limit bodies.
 */
const FAULTS: readonly KnownFault[] = [
  {
    text: /^ConnectError : /,
    reason: "KServe's wrapper runs, but its TorchServe does not",
    fix: "Delete the pod so that it starts again, and read its log: TorchServe has most likely run out of memory",
  },
  {
    text: /^(?:ReadTimeout|PoolTimeout|WriteTimeout) : /,
    reason: "TorchServe did not answer KServe's wrapper within its 600 s",
    fix: "Ask for fewer steps or a smaller picture, or for a faster device",
  },
  {
    text: /^(?:RemoteProtocolError|ReadError) : /,
    reason: "TorchServe closed the connection to KServe's wrapper",
    fix: "Read the pod's log: TorchServe has most likely run out of memory",
  },
  {
    text: /Worker died/,
    reason:
      "TorchServe's worker died: the picture took longer than responseTimeout, or its reply was larger than max_response_size",
    fix: "Raise responseTimeout in model_snapshot, or max_response_size (a 768x768 picture takes 8 MB, so 30000000 is a good value), in config.properties",
  },
  {
    text: /Prediction failed/,
    reason: "the model's handler failed (Prediction failed)",
    fix: "Read the pod's log, which has the Python error; a prompt of another shape or a half-precision model in float32 code are the usual causes",
  },
  {
    text: /predict output|batch response/i,
    reason: "the model's handler returned the wrong number of results",
    fix: "Set batchSize to 1 in model_snapshot of config.properties",
  },
  {
    text: /InferenceResponse\b.*model_name.*Field required/,
    ...V1_WRAPPER,
  },
  {
    text: /none is not an allowed value|InferenceResponse\b.*\bid\b.*(?:string_type|valid string)/i,
    reason: "the model's handler gives no id, which KServe's wrapper needs",
    fix: 'Let the handler return an "id" that is a text',
  },
  {
    text: /'NoneType' object has no attribute 'scheme'/,
    reason: "KServe's wrapper for TorchServe does not work with this version of the kserve package",
    fix: "Use kserve 0.13.0 in the image",
  },
  {
    text: /FP16 data via JSON is not supported/,
    reason:
      "this version of the kserve package refuses fp16 in JSON, which the model's handler returns",
    fix: "Use kserve 0.13.0 in the image, or let the handler call its output UINT8",
  },
  {
    text: /Out of resources|CUDA out of memory|OutOfMemoryError/i,
    reason: "its device or its container has no memory left",
    fix: "Ask for a smaller picture, or give the deployment more memory",
  },
  {
    text: /message larger than max/i,
    reason: "its reply is larger than its limit of gRPC messages",
    fix: "Raise that limit, which is 4 MB by default, ask for a smaller picture, or use its REST address",
  },
  {
    text: /worker\b.*failed to load|Failed to start worker|ModuleNotFoundError/i,
    reason: "the model's handler could not be loaded",
    fix: "Read the pod's log: a Python package is missing in the image or in requirements.txt",
  },
];

/** The known failure behind a status and its text; undefined if there is none. */
export function serverFault(status: number, text: string): ServerFault | undefined {
  if (status === 413) {
    return {
      reason: "the request is larger than the endpoint takes",
      fix: "Shorten the prompt or send a smaller start picture, or raise max_request_size in config.properties and the router's limit",
    };
  }
  const found = FAULTS.find((known) => known.text.test(text));
  return found && { reason: found.reason, fix: found.fix };
}

/** A failure about which only the server's own message is known. */
export function unknownFault(reason: string): ServerFault {
  return { reason, fix: "Try again, or ask its operator: the server's log says more" };
}
