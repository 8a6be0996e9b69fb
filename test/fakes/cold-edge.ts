import { EDGE, notebookService } from "./notebook-service.ts";
import { always, type Answer } from "./stand-in-endpoint.ts";

/** The proxy in front of a service that is scaled to zero, and the service once it runs. */
export interface ColdEdge {
  readonly answer: Answer;
  /** Starts the pod, with its model loaded; held requests are answered. */
  start(): void;
  /** Stops the pod. */
  stop(): void;
}

/**
 * Knative's activator: holds every request until a pod is ready, then forwards it; after `holdMs` it answers like Go's
 * context (`pkg/activator/handler`, 503 with "context deadline exceeded").
 */
export function knativeEdge({ holdMs = 3_600_000, up = notebookService() } = {}): ColdEdge {
  const held = new Set<() => void>();
  let isUp = false;
  const answer: Answer = (response, request, count) => {
    if (isUp) return up(response, request, count);
    const settle = (reply: Answer): void => {
      held.delete(handOn);
      clearTimeout(timer);
      if (!response.destroyed) reply(response, request, count);
    };
    const handOn = (): void => settle(up);
    const timer = setTimeout(() => settle(GAVE_UP), holdMs);
    held.add(handOn);
    response.on("close", () => {
      held.delete(handOn);
      clearTimeout(timer);
    });
  };
  return {
    answer,
    start() {
      isUp = true;
      for (const handOn of held) handOn();
    },
    stop: () => (isUp = false),
  };
}

const GAVE_UP = always(503, "context deadline exceeded\n", {
  "content-type": "text/plain; charset=utf-8",
});

/** OpenShift's router (HAProxy) without a ready pod: its page "Application is not available", status 503. */
export function routerEdge(up = notebookService()): ColdEdge & { load(): void } {
  let state: "none" | "loading" | "up" = "none";
  const answers = { none: NO_POD, loading: EDGE.notReady, up } as const;
  return {
    answer: (...asked) => answers[state](...asked),
    /** The pod runs, and KServe's wrapper is loading the model. */
    load: () => (state = "loading"),
    start: () => (state = "up"),
    stop: () => (state = "none"),
  };
}

const NO_POD = always(
  503,
  `<html>
  <head><meta name="viewport" content="width=device-width, initial-scale=1"></head>
  <body><div><h1>Application is not available</h1>
  <p>The application is currently not serving requests at this endpoint. It may not have been started or is still starting.</p>
  </div></body></html>`,
  { "content-type": "text/html", "cache-control": "private, max-age=0, no-cache, no-store" },
);
