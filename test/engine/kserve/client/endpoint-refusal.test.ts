import { expect, test } from "vitest";
import { refusalOf } from "../../../../engine/kserve/client/endpoint-refusal.ts";
import { NOTEBOOK_REQUEST, replyOf } from "../bodies.ts";

type Refusal = readonly [code: string, details: object];

function refused(
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): Refusal | undefined {
  const refusal = refusalOf(replyOf(body, { status, headers }));
  return refusal && [refusal.code, refusal.details];
}

const error = (error: unknown) => ({ error });
const torchserve = (code: number, type: string, message: string) => ({ code, type, message });
/** The advice for a failure about which nothing more is known. */
const LOG = "Try again, or ask its operator: the server's log says more";
const SIGN_IN =
  "<!DOCTYPE html><html><head><title>Log In</title></head><body><form>Log in with OpenShift</form></body></html>";
const GATEWAY =
  "<html><body><h1>504 Gateway Time-out</h1>\nThe server didn't respond in time.\n</body></html>";

test.each<[string, number, unknown, Refusal]>([
  // Models and requests.
  [
    "KServe: unknown model",
    404,
    error("Model with name kt2 does not exist."),
    ["ENDPOINT_MODEL_UNKNOWN", { reason: "Model with name kt2 does not exist" }],
  ],
  [
    "Triton: unknown model",
    400,
    error("Request for unknown model: 'kt2' is not found"),
    ["ENDPOINT_MODEL_UNKNOWN", { reason: "Request for unknown model: 'kt2' is not found" }],
  ],
  [
    "TorchServe: unknown model",
    404,
    torchserve(404, "ModelNotFoundException", "Model not found: kt2"),
    ["ENDPOINT_MODEL_UNKNOWN", { reason: "ModelNotFoundException: Model not found: kt2" }],
  ],
  [
    "FastAPI: unknown path",
    404,
    { detail: "Not Found" },
    ["ENDPOINT_NOT_SERVED", { status: 404, reason: "Not Found" }],
  ],
  [
    "FastAPI: a fault of the schema",
    422,
    {
      detail: [
        {
          loc: ["body", "inputs", 0, "shape"],
          msg: "value is not a valid list",
          type: "type_error.list",
        },
      ],
    },
    [
      "ENDPOINT_REFUSED",
      { status: 422, reason: "body.inputs.shape: type_error.list: value is not a valid list" },
    ],
  ],
  [
    "KServe: halves in JSON",
    400,
    error("Sending FP16 data via JSON is not supported. Please use the binary data format."),
    [
      "ENDPOINT_FAULT",
      {
        status: 400,
        reason: expect.stringContaining("refuses fp16 in JSON"),
        fix: expect.any(String),
      },
    ],
  ],
  [
    "KServe: versions",
    501,
    error("Model versioning not supported yet."),
    ["ENDPOINT_FAULT", { status: 501, reason: "Model versioning not supported yet", fix: LOG }],
  ],
  [
    "an error that is an object",
    400,
    error({ message: "bad prompt", code: "invalid" }),
    ["ENDPOINT_REFUSED", { status: 400, reason: "bad prompt" }],
  ],
  [
    "an empty body",
    500,
    "",
    ["ENDPOINT_FAULT", { status: 500, reason: "it gives no reason", fix: LOG }],
  ],
  [
    "plain text",
    502,
    "upstream connect error or disconnect/reset before headers",
    [
      "ENDPOINT_FAULT",
      {
        status: 502,
        reason: "upstream connect error or disconnect/reset before headers",
        fix: LOG,
      },
    ],
  ],
  [
    "a page without a title",
    500,
    "<html><body>oops</body></html>",
    ["ENDPOINT_FAULT", { status: 500, reason: "it is a web page", fix: LOG }],
  ],
  [
    "TorchServe: out of memory",
    507,
    torchserve(507, "OutOfMemoryError", "Out of resources"),
    [
      "ENDPOINT_FAULT",
      { status: 507, reason: expect.stringContaining("no memory left"), fix: expect.any(String) },
    ],
  ],
  // Tokens.
  ["no token", 401, error("Unauthorized"), ["ENDPOINT_TOKEN_REFUSED", { reason: "Unauthorized" }]],
  [
    "a token without the role",
    403,
    "Forbidden (user=x, verb=get)",
    ["ENDPOINT_TOKEN_REFUSED", { reason: "Forbidden (user=x, verb=get)" }],
  ],
  ["oauth-proxy's sign-in page", 403, SIGN_IN, ["ENDPOINT_TOKEN_REFUSED", { reason: "Log In" }]],
  [
    "a sign-in page that comes as 200",
    200,
    SIGN_IN,
    ["ENDPOINT_TOKEN_REFUSED", { reason: "it answers with a sign-in page" }],
  ],
  [
    "TorchServe: a wrong token",
    400,
    torchserve(
      400,
      "InvalidKeyException",
      "Token Authorization failed. Token either incorrect or not provided correctly",
    ),
    [
      "ENDPOINT_TOKEN_REFUSED",
      {
        reason:
          "InvalidKeyException: Token Authorization failed. Token either incorrect or not provided correctly",
      },
    ],
  ],
  // Time and load.
  ["HAProxy after 30 s", 504, GATEWAY, ["ENDPOINT_TIMED_OUT", { status: 504 }]],
  ["Knative after 300 s", 504, "upstream request timeout", ["ENDPOINT_TIMED_OUT", { status: 504 }]],
  ["a slow request", 408, "", ["ENDPOINT_TIMED_OUT", { status: 408 }]],
  [
    "TorchServe: a full queue",
    503,
    torchserve(
      503,
      "ServiceUnavailableException",
      'Model "sd" has no worker to serve inference request.',
    ),
    [
      "ENDPOINT_BUSY",
      {
        status: 503,
        reason: 'ServiceUnavailableException: Model "sd" has no worker to serve inference request',
      },
    ],
  ],
  [
    "TorchServe: a handler that failed",
    503,
    torchserve(503, "InternalServerException", "Prediction failed"),
    [
      "ENDPOINT_FAULT",
      { status: 503, reason: expect.stringContaining("handler failed"), fix: expect.any(String) },
    ],
  ],
  [
    "KServe 0.13 around a full queue",
    500,
    error(
      "HTTPStatusError : {}, '503 Service Unavailable' for url 'http://0.0.0.0:8085/v2/models/sd/infer'",
    ),
    ["ENDPOINT_BUSY", { status: 503, reason: "it gives no reason" }],
  ],
  [
    "KServe 0.13 around TorchServe's words for it, as long as they are",
    500,
    error(
      "HTTPStatusError : {'code': 503, 'type': 'ServiceUnavailableException', 'message': 'Model \"sd\" has no worker to serve inference request. Please use scale workers API to add workers. If this is a sequence inference, please check if it is closed, or expired; or exceeds maxSequenceJobQueueSize'}, '503 Service Unavailable' for url 'http://127.0.0.1:8085/v2/models/sd/infer'",
    ),
    [
      "ENDPOINT_BUSY",
      {
        status: 503,
        reason:
          'ServiceUnavailableException: Model "sd" has no worker to serve inference request. Please use scale workers API to add workers. If this is a sequence inference, please check if it is closed, or expired; or exceeds maxSequenceJobQueueSize',
      },
    ],
  ],
  [
    "KServe 0.13 around a handler that failed",
    500,
    error(
      "HTTPStatusError : {'code': 503, 'type': 'InternalServerException', 'message': 'Prediction failed'}, '503 Service Unavailable' for url 'http://127.0.0.1:8085/v2/models/sd/infer'",
    ),
    [
      "ENDPOINT_FAULT",
      { status: 503, reason: expect.stringContaining("handler failed"), fix: expect.any(String) },
    ],
  ],
  [
    "KServe 0.13 around our handler's refusal",
    500,
    error(
      "HTTPStatusError : height needs a multiple of 8., '400 ' for url 'http://127.0.0.1:8085/v2/models/sd/infer'",
    ),
    ["ENDPOINT_REFUSED", { status: 400, reason: "height needs a multiple of 8" }],
  ],
  [
    "KServe 0.13 in front of a TorchServe that has died",
    500,
    error("ConnectError : All connection attempts failed"),
    [
      "ENDPOINT_FAULT",
      {
        status: 500,
        reason: expect.stringContaining("wrapper runs, but its TorchServe does not"),
        fix: expect.any(String),
      },
    ],
  ],
  [
    "KServe 0.13 with its default protocol, v1, asked on v2's address",
    500,
    error(
      "ValidationError : 1 validation error for InferenceResponse\nmodel_name\n  Field required [type=missing, input_value={'id': '42', 'outputs': []}, input_type=dict]",
    ),
    [
      "ENDPOINT_FAULT",
      {
        status: 500,
        reason: expect.stringContaining("PROTOCOL_VERSION is v1"),
        fix: expect.stringContaining("v2"),
      },
    ],
  ],
  [
    "KServe 0.15 around TorchServe",
    500,
    error("AttributeError : 'NoneType' object has no attribute 'scheme'"),
    [
      "ENDPOINT_FAULT",
      {
        status: 500,
        reason: expect.stringContaining("does not work"),
        fix: expect.stringContaining("0.13.0"),
      },
    ],
  ],
  [
    "TorchServe: a worker that died",
    500,
    torchserve(500, "InternalServerException", "Worker died."),
    [
      "ENDPOINT_FAULT",
      {
        status: 500,
        reason: expect.stringContaining("responseTimeout"),
        fix: expect.stringContaining("max_response_size"),
      },
    ],
  ],
  [
    "KServe 0.13 around a worker that died",
    500,
    error(
      "HTTPStatusError : {'code': 500, 'type': 'InternalServerException', 'message': 'Worker died.'}, '500 Internal Server Error' for url 'http://127.0.0.1:8085/v2/models/sd/infer'",
    ),
    [
      "ENDPOINT_FAULT",
      {
        status: 500,
        reason: expect.stringContaining("responseTimeout"),
        fix: expect.stringContaining("max_response_size"),
      },
    ],
  ],
  [
    "a router that takes no such long body",
    413,
    "<html><head><title>413 Request Entity Too Large</title></head></html>",
    [
      "ENDPOINT_FAULT",
      { status: 413, reason: expect.stringContaining("larger than"), fix: expect.any(String) },
    ],
  ],
  [
    "too many requests",
    429,
    error("slow down"),
    ["ENDPOINT_BUSY", { status: 429, reason: "slow down" }],
  ],
  [
    "OpenShift: no pod behind the route",
    503,
    "<html><head><title>Application is not available</title></head></html>",
    ["ENDPOINT_NOT_SERVED", { status: 503, reason: "Application is not available" }],
  ],
  // Failures that look like something else.
  [
    "an error that comes as 200",
    200,
    error("CUDA out of memory"),
    [
      "ENDPOINT_FAULT",
      { status: 200, reason: expect.stringContaining("no memory left"), fix: expect.any(String) },
    ],
  ],
  [
    "a welcome page",
    200,
    "<html><head><title>Welcome to nginx!</title></head></html>",
    ["ENDPOINT_REPLY_INVALID", { reason: "it is a web page: Welcome to nginx!" }],
  ],
])("%s", (_, status, body, expected) => {
  expect(refused(status, body)).toEqual(expected);
});

const page = (title: string): string => `<html>\r\n<head><title>${title}</title></head></html>`;

test.each([
  ["Envoy: no pod", 503, "no healthy upstream"],
  ["Traefik: no pod", 503, "no available server"],
  ["Kong: no pod", 503, error("failure to get a peer from the ring-balancer")],
  [
    "Envoy: nothing listens in the pod",
    503,
    "upstream connect error or disconnect/reset before headers. reset reason: remote connection failure, transport failure reason: delayed connect error: 111",
  ],
  ["HAProxy", 503, "<html><body><h1>503 Service Unavailable</h1>\nNo server is available."],
  ["nginx: no endpoints", 503, page("503 Service Temporarily Unavailable")],
  ["nginx: nothing listens", 502, page("502 Bad Gateway")],
  ["nginx: no such host", 404, page("404 Not Found")],
  ["a mesh: no such host", 404, ""],
  ["Go's servers: no such path", 404, "404 page not found\n"],
  ["Kubernetes' ingress: no such host", 404, "default backend - 404"],
  ["Kong: no such host", 404, { message: "no Route matched with those values" }],
  [
    "TorchServe: no such path",
    404,
    torchserve(404, "ResourceNotFoundException", "Requested resource is not found, please refer."),
  ],
])("no service answers there: %s", (_, status, body) => {
  expect(refused(status, body)).toEqual([
    "ENDPOINT_NOT_SERVED",
    { status, reason: expect.any(String) },
  ]);
});

test.each<[string, Parameters<typeof refused>, string]>([
  ["a page with a time to come back", [503, page("Busy"), { "retry-after": "7" }], "ENDPOINT_BUSY"],
  ["an empty 503", [503, ""], "ENDPOINT_BUSY"],
  [
    "a connection that broke in the middle",
    [
      503,
      "upstream connect error or disconnect/reset before headers. reset reason: connection termination",
    ],
    "ENDPOINT_FAULT",
  ],
  ["a gateway's own word", [502, error("bad gateway")], "ENDPOINT_FAULT"],
  ["a model that is not there", [404, error("Model sd not found")], "ENDPOINT_MODEL_UNKNOWN"],
  ["a sign-in page", [403, SIGN_IN], "ENDPOINT_TOKEN_REFUSED"],
])("a service answers there: %s", (_, reply, code) => {
  expect(refused(...reply)?.[0]).toBe(code);
});

test.each([
  ["5", { retryAfterSeconds: 5 }],
  ["Wed, 21 Oct 2026 07:28:00 GMT", {}],
  ["-1", {}],
  ["999999999", { retryAfterSeconds: 999_999_999 }],
  ["9".repeat(40), { retryAfterSeconds: 1e9 }],
])("Retry-After %j", (header, expected) => {
  expect(refused(503, "", { "retry-after": header })).toEqual([
    "ENDPOINT_BUSY",
    { status: 503, reason: "it gives no reason", ...expected },
  ]);
});

test.each<[string, Refusal]>([
  [
    "https://new.example/v2/models/sd/infer?token=secret#top",
    ["ENDPOINT_MOVED", { location: "https://new.example/v2/models/sd/infer" }],
  ],
  ["/elsewhere", ["ENDPOINT_MOVED", { location: "/elsewhere" }]],
  [
    "https://name:secret@new.example/v2",
    ["ENDPOINT_MOVED", { location: "https://new.example/v2" }],
  ],
  ["//secret@new.example/v2", ["ENDPOINT_MOVED", { location: "//new.example/v2" }]],
  [
    "javascript:alert(1)",
    ["ENDPOINT_REPLY_INVALID", { reason: "it is a redirect to no web address" }],
  ],
  [
    "https://oauth.example/oauth/authorize?client_id=x",
    ["ENDPOINT_TOKEN_REFUSED", { reason: "it sends us to its sign-in page" }],
  ],
  ["", ["ENDPOINT_REPLY_INVALID", { reason: "it is a redirect to no web address" }]],
])("a redirect to %j, by any status", (location, expected) => {
  for (const status of [301, 302, 303, 307, 308]) {
    expect(refused(status, "", { location })).toEqual(expected);
  }
});

test("a reply that may be a picture is not a refusal", () => {
  expect(refused(200, { id: "42", outputs: [] })).toBeUndefined();
  expect(refused(200, NOTEBOOK_REQUEST)).toBeUndefined();
  expect(refused(200, { message: "ok", predictions: [] })).toBeUndefined();
  expect(refused(200, "not JSON at all")).toBeUndefined();
});

test("a server's text becomes one short line", () => {
  const [, { reason }] = refused(500, error(`a\u001b[31m\nb\u0000 ${"x".repeat(1000)}\ud800`)) as [
    string,
    { reason: string },
  ];
  expect(reason).toBe(`a [31m b ${"x".repeat(300 - "a [31m b ".length)}…`);
});

test("a long text of a server ends with a whole sentence, or with a whole word", () => {
  const kept =
    "unexpected shape for input 'PROMPT' for model 'sd_ensemble'. Expected [-1,1], got [1]. NOTE: Setting a non-zero max_batch_size in the model config requires a batch dimension to be prepended to each input shape";
  const more =
    ". If you want to specify the full shape including the batch dim in your input dims config, try setting max_batch_size to zero. See the model configuration docs for more info on max_batch_size.";
  expect(refused(400, error(kept + more))).toEqual([
    "ENDPOINT_REFUSED",
    { status: 400, reason: `${kept}…` },
  ]);
  expect(refused(400, error("refused ".repeat(100)))).toEqual([
    "ENDPOINT_REFUSED",
    { status: 400, reason: `${"refused ".repeat(37).trim()}…` },
  ]);
});
