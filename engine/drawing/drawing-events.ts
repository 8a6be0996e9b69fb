import type { GenerationRecord } from "../contract/image-record.ts";
import type { ModelSummary } from "../contract/models.ts";
import type { Order } from "../contract/order.ts";
import type { Seconds } from "../contract/progress.ts";
import type { Pixels } from "../image/pixels.ts";
import type { StepProgress } from "./draw.ts";

/** The events of drawing, in this order; `preview` gives a small version of the picture so far. */
export type DrawingEvent =
  | {
      readonly kind: "started";
      readonly order: Order;
      readonly model: ModelSummary;
      readonly device: string;
    }
  /** The text is encoded and the first step begins; the preview shows noise. */
  | { readonly kind: "denoising"; readonly preview: () => Promise<Pixels | undefined> }
  | ({
      readonly kind: "progress";
      readonly preview: () => Promise<Pixels | undefined>;
    } & StepProgress)
  | {
      readonly kind: "image";
      /** Without the record, which is added when the picture is stored or returned. */
      readonly png: Uint8Array;
      readonly pixels: Pixels;
      readonly record: GenerationRecord;
      readonly seconds: Seconds;
    };

/** The events of a request's pictures, numbered from 0. */
export type RequestEvent = DrawingEvent & { readonly image: number };
