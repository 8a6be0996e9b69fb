import { grpcEdge, type GrpcAnswer, grpcNotReady, grpcRefusal } from "../fakes/grpc-stand-in.ts";
import { GRPC_PATHS, INFER_PATH } from "../../engine/kserve/client/grpc-messages.ts";
import { EDGE, notebookService } from "../fakes/notebook-service.ts";
import { always, type Answer } from "../fakes/stand-in-endpoint.ts";

/** A problem of an endpoint, and what its doctor says about it. */
export interface Ailment<Given = Answer> {
  readonly what: string;
  readonly answer: Given;
  /** The step that fails; absent if the endpoint appears to be starting. */
  readonly step?: string;
  readonly seen: RegExp;
  readonly fix: RegExp;
  readonly copy?: string;
  /** Whether it works all the same. */
  readonly isWarning?: boolean;
  /** Whether it appears only with a picture. */
  readonly isPictures?: boolean;
}

const json = (status: number, body: object): Answer => always(status, JSON.stringify(body));
const page = (status: number, title: string): Answer =>
  always(status, `<!doctype html><title>${title}</title>`, { "content-type": "text/html" });

/** A server that works except at the paths with this ending. */
function but(well: Answer, end: string, answer: Answer): Answer {
  return (response, request, count) =>
    (request.path.endsWith(end) ? answer : well)(response, request, count);
}

const GRANT = "oc policy add-role-to-user view -z kt2-sa -n sd-proj";
const INFER = "/infer";
const picture = (answer: Answer): Answer => but(notebookService(), INFER, answer);
const PICTURE = { step: "First picture", isPictures: true } as const;

/** The Open Inference Protocol over REST, as on the KServe example's cluster. */
export const OF_V2: readonly Ailment[] = [
  {
    what: "a sign-in page",
    answer: EDGE.signIn,
    step: "Sign-in",
    seen: /denied access: Log In/,
    fix: /enter one of a service account/,
  },
  {
    what: "a sign-in page with 200",
    answer: EDGE.signInDisguised,
    step: "Sign-in",
    seen: /it answers with a sign-in page/,
    fix: /enter one of a service account/,
  },
  {
    what: "a redirect to a login",
    answer: EDGE.login,
    step: "Sign-in",
    seen: /it sends us to its sign-in page/,
    fix: /enter one of a service account/,
  },
  {
    what: "a redirect to another address",
    answer: (response) => response.writeHead(301, { location: "https://new.example/" }).end(),
    step: "Route",
    seen: /moved to https:\/\/new\.example/,
    fix: /Change the address to that one, if you trust it/,
  },
  {
    what: "a website with 200",
    answer: page(200, "Welcome to nginx!"),
    step: "Route",
    seen: /Welcome to nginx!/,
    fix: /Use the service's base address/,
  },
  {
    what: "401",
    answer: EDGE.unauthorized,
    step: "Token",
    seen: /it gives no reason.*Status 401/,
    fix: /lacks the right, or it is of another cluster/,
    copy: GRANT,
  },
  {
    what: "403",
    answer: always(403, "Forbidden (user=kt2-sa, verb=get)", { "content-type": "text/plain" }),
    step: "Token",
    seen: /Forbidden \(user=kt2-sa, verb=get\).*Status 403/,
    fix: /lacks the right/,
    copy: GRANT,
  },
  {
    what: "404 of the router",
    answer: page(404, "Not here"),
    step: "Route",
    seen: /status 404/,
    fix: /knows no such host or path/,
    copy: "oc get inferenceservices -A",
  },
  {
    what: "404 with the names that there are",
    answer: but(notebookService(), "/stable-diffusion", EDGE.unknownModel),
    step: "Model ready",
    seen: /no such model/,
    fix: /one that is there: stable-diffusion\./,
  },
  {
    what: "503 of the router",
    answer: page(503, "Application is not available"),
    seen: /Application is not available/,
    fix: /scaled to zero, is starting, or has crashed/,
    copy: "oc get pods -A -l serving.kserve.io/inferenceservice",
  },
  {
    what: "503 of a model that is being loaded",
    answer: EDGE.notReady,
    seen: /is not ready/,
    fix: /Wait: the model is being loaded/,
  },
  {
    what: "413",
    answer: picture(page(413, "413 Request Entity Too Large")),
    ...PICTURE,
    seen: /larger than the endpoint takes/,
    fix: /raise max_request_size/,
  },
  {
    what: "422",
    answer: picture(EDGE.wrongShape),
    ...PICTURE,
    seen: /status 422: body\.inputs\.shape/,
    fix: /another schema: give this report/,
  },
  {
    what: "500 that hides 503",
    answer: picture(EDGE.handlerFailed),
    ...PICTURE,
    seen: /handler failed \(Prediction failed\)/,
    fix: /Read the pod's log/,
  },
  {
    what: "a TorchServe that died behind its wrapper",
    answer: picture(EDGE.torchserveDead),
    ...PICTURE,
    seen: /wrapper runs, but its TorchServe does not/,
    fix: /Delete the pod/,
  },
  {
    what: "504 after 30 s",
    answer: picture(EDGE.routeTimeout),
    ...PICTURE,
    seen: /gave up waiting/,
    fix: /waits 30 s by default/,
    copy: "haproxy.router.openshift.io/timeout: 600s",
  },
  {
    what: "a queue that is full",
    answer: picture(EDGE.queueFull),
    ...PICTURE,
    seen: /has no worker to serve/,
    fix: /Its queue is full.*job_queue_size/,
  },
  {
    what: "a worker that died",
    answer: picture(
      json(500, { code: 500, type: "InternalServerException", message: "Worker died." }),
    ),
    ...PICTURE,
    seen: /responseTimeout.*max_response_size/,
    fix: /Raise responseTimeout/,
  },
];

const V1_WELL: Answer = (response, request, count) =>
  (request.path === "/v1/models" ? json(200, { models: ["kt2"] }) : EDGE.unknownModel)(
    response,
    request,
    count,
  );

/** KServe's protocol v1. */
export const OF_V1: readonly Ailment[] = [
  {
    what: "401",
    answer: EDGE.unauthorized,
    step: "Token",
    seen: /Status 401/,
    fix: /lacks the right/,
    copy: GRANT,
  },
  {
    what: "404 with the names that there are",
    answer: V1_WELL,
    step: "Model ready",
    seen: /it has kt2/,
    fix: /one that is there: kt2\./,
  },
  {
    what: "503 of a pod that starts",
    answer: EDGE.notReady,
    seen: /is not ready/,
    fix: /Wait: the model is being loaded/,
  },
];

const OPENAI_WELL: Answer = json(200, {
  object: "list",
  data: [{ id: "stable-diffusion", object: "model" }],
});

/** Image endpoints with OpenAI's API. */
export const OF_OPENAI: readonly Ailment[] = [
  {
    what: "a wrong key",
    answer: json(401, {
      error: { message: "Incorrect API key provided", type: "invalid_request" },
    }),
    step: "Token",
    seen: /Incorrect API key provided.*Status 401/,
    fix: /Enter another API key/,
  },
  {
    what: "no credit",
    answer: but(
      OPENAI_WELL,
      "/generations",
      json(429, {
        error: { message: "You exceeded your current quota", code: "insufficient_quota" },
      }),
    ),
    ...PICTURE,
    seen: /exceeded your current quota/,
    fix: /Add credit to the account/,
  },
  {
    what: "a size that it does not draw",
    answer: but(
      OPENAI_WELL,
      "/generations",
      json(400, { error: { message: "Invalid size: 128x128" } }),
    ),
    ...PICTURE,
    seen: /Invalid size/,
    fix: /draw certain sizes only/,
  },
];

const A1111_WELL: Answer = json(200, { sd_model_checkpoint: "v2-1_768" });

/** The API of AUTOMATIC1111's web UI. */
export const OF_A1111: readonly Ailment[] = [
  {
    what: "a web UI without its API",
    answer: json(404, { detail: "Not Found" }),
    step: "Route",
    seen: /status 404/,
    fix: /Start the web UI with --api/,
  },
  {
    what: "a name and a password that it asks for",
    answer: json(401, { detail: "Incorrect username or password" }),
    step: "Token",
    seen: /Incorrect username or password.*Status 401/,
    fix: /\(--api-auth\) cannot be sent/,
  },
  {
    what: "a device without memory",
    answer: but(
      A1111_WELL,
      "/txt2img",
      json(500, { error: "OutOfMemoryError", errors: "CUDA out of memory. Tried to allocate" }),
    ),
    ...PICTURE,
    seen: /no memory left/,
    fix: /Ask for a smaller picture/,
  },
];

/** Plain TorchServe: without v2's health routes, but with `/ping` and its list of models. */
function torchserve(models: Answer): Answer {
  return (response, request, count) => {
    const { path } = request;
    const known: Readonly<Record<string, Answer>> = {
      "/ping": json(200, { status: "Healthy" }),
      "/models": json(200, { models: [{ modelName: "stable-diffusion", modelUrl: "a.mar" }] }),
      "/models/stable-diffusion": models,
    };
    const unknown = json(404, {
      code: 404,
      type: "ResourceNotFoundException",
      message: "Requested resource is not found, please refer to API document.",
    });
    (known[path] ?? unknown)(response, request, count);
  };
}

const WORKS = torchserve(
  json(200, [{ modelName: "stable-diffusion", workers: [{ id: "9000", status: "READY" }] }]),
);

export const OF_TORCHSERVE: readonly Ailment[] = [
  {
    what: "a wrong key",
    answer: json(400, {
      code: 400,
      type: "InvalidKeyException",
      message: "Token Authentication failed. Token either incorrect, expired, or not provided",
    }),
    step: "Token",
    seen: /InvalidKeyException: Token Authentication failed/,
    fix: /inference key: it is in key_file\.json/,
  },
  {
    what: "no worker that is ready",
    answer: torchserve(
      json(200, [{ modelName: "stable-diffusion", workers: [{ status: "UNLOADED" }] }]),
    ),
    seen: /no worker that is ready/,
    fix: /Wait: the model is being loaded/,
  },
  {
    what: "a queue that is full",
    answer: but(
      WORKS,
      INFER,
      json(503, {
        code: 503,
        type: "ServiceUnavailableException",
        message: 'Model "stable-diffusion" has no worker to serve inference request.',
      }),
    ),
    ...PICTURE,
    seen: /has no worker to serve/,
    fix: /Its queue is full/,
  },
];

/** The protocol over gRPC, which refuses with codes. */
export const OF_GRPC: readonly Ailment<GrpcAnswer>[] = [
  {
    what: "UNAUTHENTICATED",
    answer: grpcRefusal(16, "invalid token"),
    step: "Token",
    seen: /invalid token/,
    fix: /lacks the right/,
    copy: GRANT,
  },
  {
    what: "a model that it does not have",
    answer: grpcEdge({
      [GRPC_PATHS.model]: grpcRefusal(
        5,
        "Request for unknown model: 'stable-diffusion' is not found",
      ),
    }),
    step: "Model ready",
    seen: /no such model/,
    fix: /Enter the model's own name/,
  },
  {
    what: "a model that is being loaded",
    answer: grpcEdge({ [GRPC_PATHS.modelReady]: grpcNotReady }),
    seen: /stable-diffusion is not ready/,
    fix: /Wait/,
  },
  {
    what: "no pod",
    answer: grpcRefusal(14, "no healthy upstream"),
    seen: /no healthy upstream/,
    fix: /scaled to zero, is starting, or has crashed/,
  },
  {
    what: "no room",
    answer: grpcEdge({ [INFER_PATH]: grpcRefusal(8, "the queue is full") }),
    ...PICTURE,
    seen: /the queue is full/,
    fix: /Its queue is full/,
  },
];
