import type { FastifyRequest } from "fastify";
import type { ServerSettings } from "../../contract/server.ts";
import type { Admission } from "../admission.ts";
import type { Caller } from "../caller.ts";
import type { ServingMetrics } from "../metrics/serving-metrics.ts";
import type { PictureEngine } from "../picture-engine.ts";
import type { BodyReader } from "./read-body.ts";

/** What the routes need. */
export interface RouteParts {
  readonly admission: Admission;
  readonly engine: PictureEngine;
  /** The caller of an admitted request. */
  readonly callerOf: (request: FastifyRequest) => Caller;
  readonly settings: () => ServerSettings;
  /** Prometheus' metrics; absent if nothing is counted. */
  readonly metrics?: Pick<ServingMetrics, "text" | "contentType"> | undefined;
  /** Silence in a stream of events before a comment is sent; shorter in tests. */
  readonly silenceMs?: number;
}

/** The same, plus what all routes share. */
export interface SharedParts extends RouteParts {
  readonly bodies: BodyReader;
}

/** Whether the reply follows the notebook profile: the key decides, or the settings if the request has none. */
export function isNotebookReply({ settings }: RouteParts, caller: Caller): boolean {
  return caller.keyName === undefined ? settings().isSeedProfile : caller.isSeedProfile;
}
