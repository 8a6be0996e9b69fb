import { StudioError } from "../contract/errors.ts";
import type { GenerationRecord } from "../contract/image-record.ts";
import type { ModelSummary } from "../contract/models.ts";
import type { Preset } from "../contract/presets.ts";
import type { Seconds } from "../contract/progress.ts";
import type { GenerationRequest } from "../contract/request.ts";
import type { Pixels } from "../image/pixels.ts";
import type { ModelStatistics } from "./model-tallies.ts";

/** Pictures that one request asks for, drawn one after the other. */
export interface PictureJob {
  /** Each may ask for several (`count`); at least one. */
  readonly requests: readonly GenerationRequest[];
  /** A PNG, JPEG or WebP that all of them start from; their strength says how far they may go from it. */
  readonly startImage?: Uint8Array | undefined;
  /** Whether they enter the gallery. */
  readonly keepsPictures: boolean;
  /** How long it waited for its first turn; only counted. */
  readonly waitedMs?: number;
  /** Which of the ready models draws it, where there may be several; the one that is served by default. */
  readonly model?: ModelName | undefined;
}

/** What tells one model from another: one name may have several versions. */
export interface ModelName {
  readonly name: string;
  readonly version: string;
}

/** What drawing a job yields, in order: progress of a picture, then the picture. */
export type PictureEvent =
  | {
      readonly kind: "progress";
      /** Which picture of the job, from 0. */
      readonly image: number;
      /** Steps done, from 1. */
      readonly step: number;
      readonly steps: number;
      /** A small picture of what is developing. */
      readonly preview: () => Promise<Pixels | undefined>;
    }
  | {
      readonly kind: "picture";
      readonly image: number;
      readonly pixels: Pixels;
      /** Without the record, which goes in where it is given away. */
      readonly png: Uint8Array;
      readonly record: GenerationRecord;
      readonly seconds: Seconds;
    };

/** A model of this machine, as the inference server tells of it. */
export interface KnownModel {
  /** The name it answers under: its id in the store. */
  readonly name: string;
  /** Other names while it is served: the one that its archive gives it. */
  readonly aliases?: readonly string[];
  /** Of several that have one name, the first is the one that is meant where no version is named; 1.0 by default. */
  readonly version?: string;
  /** `ready` is the one that is served; `unavailable` may be loaded. */
  readonly state: "ready" | "loading" | "unavailable";
  /** Why it is not ready. */
  readonly reason: string;
  /** Whether it is to be served, and will be as soon as nothing stands against it. */
  readonly isWanted?: boolean;
  /** Why the next request would not be drawn although it is served. */
  readonly trouble?: string;
  /** Another one where its files are others, as far as that is known. */
  readonly identity?: string;
  readonly summary: ModelSummary;
}

/** What the inference server needs of the studio. engine/studio gives it; tests give one whose picture is constant. */
export interface PictureEngine {
  /** By which a request is drawn that names none. */
  readonly preset: Preset;
  models(): Promise<readonly KnownModel[]>;
  /** Serves another model from now on. Refuses as NOT_FOUND, or as what is wrong with the model. */
  load(name: string): Promise<void>;
  /** Serves none until one is loaded; does nothing where it is not served. Refuses as NOT_FOUND. */
  unload(name: string): Promise<void>;
  /**
   * Draws with the model that is served. Each picture waits for the device's next turn, and lets go of it
   * before it is yielded. Rejects with the signal's reason once the device is free, within two seconds.
   */
  draw(job: PictureJob, signal: AbortSignal): AsyncGenerator<PictureEvent, void>;
  /** Draws a picture that nobody sees, to find out whether the model draws. Rejects with why it does not. */
  tryOut(model: ModelName, request: GenerationRequest): Promise<void>;
  /** Seconds that a job's pictures take once they are drawn; undefined where nothing is known. */
  expectedSeconds(job: PictureJob): Promise<number | undefined>;
  /** Seconds until the device is free for the inference server: what the studio draws now. 0 where nothing. */
  busySeconds(): number;
  /** What became of a model's requests, where that is counted. */
  statisticsOf?(model: string): ModelStatistics;
}

/** Why a model is not ready whose files are not what they should be. */
export function unreadable(error: unknown): string {
  const code = error instanceof StudioError ? ` (${error.code})` : "";
  return `the model's files cannot be read${code}`;
}

/** What is told of a model that cannot be read, or was not yet. */
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
