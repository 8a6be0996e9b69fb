import { always, type Answer } from "./stand-in-endpoint.ts";

/**
 * The replies of the KServe example's service, as clients see them: KServe 0.13's wrapper in front of TorchServe, whose
 * handler returns nested bytes, declares them as fp16 and uses id 42 in every reply.
 */
export function notebookService(
  pixels: readonly (readonly (readonly number[])[])[] = PIXELS,
): Answer {
  const replies: Readonly<Record<string, object>> = {
    "/v2/health/ready": { ready: true },
    "/v2": { name: "kserve", version: "0.13.0", extensions: ["model_repository_extension"] },
    "/v2/models": { models: ["stable-diffusion"] },
    "/v2/models/stable-diffusion": {
      name: "stable-diffusion",
      platform: "",
      inputs: [],
      outputs: [],
    },
    "/v2/models/stable-diffusion/ready": { name: "stable-diffusion", ready: true },
    "/v2/models/stable-diffusion/infer": notebookReply(pixels),
  };
  return (response, request, count) => {
    const reply = replies[request.path];
    if (reply === undefined) EDGE.unknownModel(response, request, count);
    else always(200, JSON.stringify(reply))(response, request, count);
  };
}

/** 3 wide, 2 high. */
export const PIXELS = [
  [
    [255, 0, 0],
    [0, 255, 0],
    [0, 0, 255],
  ],
  [
    [1, 2, 3],
    [4, 5, 6],
    [250, 251, 252],
  ],
];

/** The wrapper's reply to an inference request, made from the handler's. */
export function notebookReply(pixels: readonly (readonly (readonly number[])[])[]): object {
  return {
    model_name: "stable-diffusion",
    model_version: null,
    id: "42",
    parameters: null,
    outputs: [
      {
        name: "output0",
        shape: [pixels.length, pixels[0]?.length ?? 0, 3],
        datatype: "FP16",
        parameters: null,
        data: pixels,
      },
    ],
  };
}

const HTML = { "content-type": "text/html" };

/** Replies of the service, or of what is in front of it, by the problem that they show. */
export const EDGE = {
  queueFull: always(
    500,
    JSON.stringify({
      error:
        "HTTPStatusError : {'code': 503, 'type': 'ServiceUnavailableException', 'message': 'Model \"stable-diffusion\" has no worker to serve inference request.'}, '503 Service Unavailable' for url 'http://0.0.0.0:8085/v2/models/stable-diffusion/infer'",
    }),
  ),
  handlerFailed: always(
    500,
    JSON.stringify({
      error:
        "HTTPStatusError : {'code': 503, 'type': 'InternalServerException', 'message': 'Prediction failed'}, '503 Service Unavailable' for url 'http://0.0.0.0:8085/v2/models/stable-diffusion/infer'",
    }),
  ),
  torchserveDead: always(
    500,
    JSON.stringify({ error: "ConnectError : All connection attempts failed" }),
  ),
  v1Wrapper: always(
    500,
    JSON.stringify({
      error:
        "ValidationError : 1 validation error for InferenceResponse\nmodel_name\n  Field required [type=missing, input_value={'id': '42'}, input_type=dict]",
    }),
  ),
  unknownModel: always(404, JSON.stringify({ error: "Model with name kt2 does not exist." })),
  notReady: always(
    503,
    JSON.stringify({ error: "Model with name stable-diffusion is not ready." }),
  ),
  routeTimeout: always(
    504,
    "<html><body><h1>504 Gateway Time-out</h1>\nThe server didn't respond in time.\n</body></html>\n",
    HTML,
  ),
  signIn: always(403, "<!DOCTYPE html><html><head><title>Log In</title></head></html>", HTML),
  signInDisguised: always(
    200,
    "<!DOCTYPE html><html><head><title>Log in with OpenShift</title></head></html>",
    HTML,
  ),
  login: (response) =>
    response
      .writeHead(302, { location: "https://oauth.apps.example/oauth/authorize?client_id=x" })
      .end(),
  unauthorized: always(401, "", { "www-authenticate": 'Bearer realm="http://127.0.0.1:1/steal"' }),
  wrongShape: always(
    422,
    JSON.stringify({
      detail: [
        { loc: ["body", "inputs", 0, "shape"], msg: "value is not a valid list", type: "x" },
      ],
    }),
  ),
  truncated: always(200, '{"id":"42","outputs":[{"name":"output0","data":[[[1,2'),
  notANumber: always(
    200,
    '{"id":"42","outputs":[{"name":"output0","datatype":"FP32","shape":[1,1,3],"data":[[[NaN,0,1]]]}]}',
  ),
} as const satisfies Record<string, Answer>;
