import type { NewPicture } from "../gallery/keep-picture.ts";
import { DrawingWorker, type DrawingWorkerParts } from "../worker/drawing-worker.ts";
import { EndpointDrawing } from "../worker/endpoint-drawing.ts";
import { Lanes } from "../worker/lanes.ts";
import type { StudioOptions } from "./studio-options.ts";
import type { DrawingParts } from "./open-drawing.ts";
import type { EndpointParts } from "./open-endpoints.ts";
import type { Stores } from "./open-stores.ts";

export interface LaneParts {
  readonly stores: Stores;
  readonly drawing: DrawingParts;
  readonly endpoints: EndpointParts;
}

/** Connects the queue to everything that draws: this device, and endpoints. */
export function openLanes(
  { logError, drawsAtEndpoints = false }: StudioOptions,
  { stores: { live }, drawing, endpoints: { endpoints, history } }: LaneParts,
  undo: AsyncDisposableStack,
): Lanes {
  const { queue } = live;
  const remote = new EndpointDrawing({
    endpoints,
    history,
    onProgress: (id, progress) => live.report(id, progress),
  });
  const keep = async (picture: NewPicture): Promise<string> => {
    const imageId = await drawing.keep(picture);
    try {
      history.learn(picture.target, picture);
      endpoints.tell(picture.target);
    } catch (error) {
      // It is in the gallery, and its endpoint may have been removed meanwhile.
      logError(error, "telling of a picture");
    }
    return imageId;
  };
  const onMoved: DrawingWorkerParts["onMoved"] = (target) => lanes.added(target, 1);
  const laneOf = (target: string, mayStart: () => boolean): DrawingWorker =>
    new DrawingWorker({
      queue: {
        get isPaused() {
          return queue.isPaused;
        },
        startNext: () => (mayStart() ? queue.startNext(target) : undefined),
        end: (id, outcome) => queue.end(id, outcome),
        moveOn: (id, error) => queue.moveOn(id, error),
      },
      draw: (generation, signal) => remote.draw(generation, signal),
      keep,
      unload: () => {},
      onMoved,
      logError,
    });
  const waitingTargets = (): readonly string[] => queue.waitingTargets();
  const lanes: Lanes = new Lanes({
    local: drawing.workerWith(onMoved),
    waitingTargets,
    laneOf,
    drawsOwn: drawsAtEndpoints,
  });
  undo.defer(() => lanes.close());
  return lanes;
}
