import type { FastifyRequest } from "fastify";
import type { ServerSettings } from "../../contract/server.ts";
import type { Admission } from "../admission.ts";
import type { Caller } from "../caller.ts";
import type { ServingMetrics } from "../metrics/serving-metrics.ts";
import type { PictureEngine } from "../picture-engine.ts";
import type { BodyReader } from "./read-body.ts";

/** What the routes stand on. */
export interface RouteParts {
  readonly admission: Admission;
  readonly engine: PictureEngine;
  /** Who sent a request that the gate let in. */
  readonly callerOf: (request: FastifyRequest) => Caller;
  readonly settings: () => ServerSettings;
  /** What Prometheus is told; absent where nothing is counted. */
  readonly metrics?: Pick<ServingMetrics, "text" | "contentType"> | undefined;
  /** Silence in a stream of events before a comment goes out; tests cannot wait. */
  readonly silenceMs?: number;
}

/** The same with what all routes share. */
export interface SharedParts extends RouteParts {
  readonly bodies: BodyReader;
}

/** Whether the reply follows the notebook profile: the key decides, or without one the settings. */
export function isSeedReply({ settings }: RouteParts, { keyName, isSeedProfile }: Caller): boolean {
  return keyName === undefined ? settings().isSeedProfile : isSeedProfile;
}
