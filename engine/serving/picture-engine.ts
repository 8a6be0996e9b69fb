import { StudioError } from "../contract/errors.ts";
import type { GenerationRecord } from "../contract/image-record.ts";
import type { ModelSummary } from "../contract/models.ts";
import type { Preset } from "../contract/presets.ts";
import type { Seconds } from "../contract/progress.ts";
import type { GenerationRequest } from "../contract/request.ts";
import type { Pixels } from "../image/pixels.ts";
import type { ModelStatistics } from "./model-tallies.ts";

/** The pictures of one request, drawn one after the other. */
export interface PictureJob {
  /** Each can ask for several (`count`); at least one. */
  readonly requests: readonly GenerationRequest[];
  /** A PNG, JPEG or WebP as start image for all of them. */
  readonly startImage?: Uint8Array | undefined;
  /** Whether they are added to the gallery. */
  readonly keepsPictures: boolean;
  /** How long it waited for its first turn; only used for statistics. */
  readonly waitedMs?: number;
  /** Which of several ready models to use; by default the one being served. */
  readonly model?: ModelName | undefined;
  /** The version that its address names, if it names one; only used for metrics. */
  readonly askedVersion?: string | undefined;
}

/** Identifies a model: several versions can have the same name. */
export interface ModelName {
  readonly name: string;
  readonly version: string;
}

/** The events of a job in order: the progress of a picture, then the picture. */
export type PictureEvent =
  | {
      readonly kind: "progress";
      /** Number of the picture in the job, from 0. */
      readonly image: number;
      /** Number of finished steps, from 1. */
      readonly step: number;
      readonly steps: number;
      /** A small version of the picture so far. */
      readonly preview: () => Promise<Pixels | undefined>;
    }
  | {
      readonly kind: "picture";
      readonly image: number;
      readonly pixels: Pixels;
      /** Without the record, which is added when it is returned. */
      readonly png: Uint8Array;
      readonly record: GenerationRecord;
      readonly seconds: Seconds;
    };

/** A local model as the inference server presents it. */
export interface KnownModel {
  /** Its name in requests: its id in the store. */
  readonly name: string;
  /** Other names while it is served, such as the one in its archive. */
  readonly aliases?: readonly string[];
  /** If several models share a name, requests without a version get the first; 1.0 by default. */
  readonly version?: string;
  /** `ready` is the one being served; `unavailable` can be loaded. */
  readonly state: "ready" | "loading" | "unavailable";
  /** Why it is not ready. */
  readonly reason: string;
  /** What to do about that, as a sentence without its full stop; by default to load a model. */
  readonly fix?: string | undefined;
  /** Whether it should be served, and will be once nothing prevents it. */
  readonly isWanted?: boolean;
  /** Why the next request would fail although the model is served. */
  readonly trouble?: string;
  /** Changes with its files, where known. */
  readonly identity?: string;
  readonly summary: ModelSummary;
}

/**
 * What the inference server needs from the studio. engine/studio implements it; tests use one with a constant picture.
 */
export interface PictureEngine {
  /** The preset of requests that name none. */
  readonly preset: Preset;
  models(): Promise<readonly KnownModel[]>;
  /** Makes a model known that was put into the model store after the start; does nothing if there is none. */
  adopt?(name: string): Promise<void>;
  /** Serves another model. Refuses as NOT_FOUND, or with the model's problem. */
  load(name: string): Promise<void>;
  /** Serves no model until one is loaded; does nothing for a model that is not served. Refuses as NOT_FOUND. */
  unload(name: string): Promise<void>;
  /**
   * Draws with the served model. Each picture waits for the device's next turn, and releases it before it is yielded.
   * Rejects with the signal's reason once the device is free, within two seconds.
   */
  draw(job: PictureJob, signal: AbortSignal): AsyncGenerator<PictureEvent, void>;
  /** Draws a picture that is not returned, to test whether the model works. Rejects with the reason if it does not. */
  tryOut(model: ModelName, request: GenerationRequest): Promise<void>;
  /** Estimated seconds for drawing a job's pictures; undefined if nothing is known. */
  expectedSeconds(job: PictureJob): Promise<number | undefined>;
  /** Seconds until the studio's own pictures leave the device free; 0 if it draws none. */
  busySeconds(): number;
  /** A model's request statistics, if they are counted. */
  statisticsOf?(model: string): ModelStatistics;
}

/** Why a model whose files have a problem is not ready. */
export function unreadable(error: unknown): string {
  const code = error instanceof StudioError ? ` (${error.code})` : "";
  return `the model's files cannot be read${code}`;
}

/** The summary of a model that cannot be read, or was not read yet. */
export const UNREAD_MODEL: ModelSummary = {
  name: "",
  folder: "",
  isStarter: false,
  description: "",
  predictionType: "epsilon",
  scheduler: "ddim",
  width: 0,
  height: 0,
  steps: 0,
  guidanceScale: 0,
  isDistilled: false,
  parameters: 0,
  unetParameters: 0,
  vaeParameters: 0,
  sizeBytes: 0,
};
