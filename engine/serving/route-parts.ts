import type { FastifyRequest } from "fastify";
import type { ServerSettings } from "../contract/server.ts";
import type { Admission } from "./admission.ts";
import type { Caller } from "./caller.ts";
import type { PictureEngine } from "./picture-engine.ts";

/** What the routes of the inference server stand on. The listener reads no bodies by itself. */
export interface RouteParts {
  readonly admission: Admission;
  readonly engine: PictureEngine;
  /** Who sent a request; the gate has let it in. */
  readonly callerOf: (request: FastifyRequest) => Caller;
  /** As they are now; they may change between two requests. */
  readonly settings: () => ServerSettings;
}
