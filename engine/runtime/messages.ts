import type { Tensors } from "../pipeline/session.ts";

/** Where a session runs: ONNX Runtime's names of its execution providers. */
export const PROVIDERS = ["cuda", "dml", "coreml", "webgpu", "cpu"] as const;
export type Provider = (typeof PROVIDERS)[number];

/** Requests to the inference process; each is answered once, in order. */
export type Request =
  | {
      readonly kind: "open";
      readonly session: number;
      readonly graph: Uint8Array;
      readonly options: SessionOptions;
    }
  | {
      readonly kind: "run";
      readonly session: number;
      readonly inputs: Tensors;
      /** Outputs that stay in the inference process, as inputs for sessions that name this one in `with`. */
      readonly keep?: readonly string[];
      /** Another session number to store them under. */
      readonly keepAs?: number;
      /** Sessions whose kept outputs are used as inputs, if the graph asks for them. */
      readonly with?: readonly number[];
    }
  | { readonly kind: "close"; readonly session: number };

export interface SessionOptions {
  readonly provider: Provider;
  /** Folder that external data is relative to; absent if the graph contains all its bytes. */
  readonly folder?: string | undefined;
  /**
   * "mapped" leaves weights in their file: a float32 UNet of 3.5 GB is ready in 0.1 s, with hardly any memory of its
   * own. "prepacked" converts them for the device: a second copy in memory, and for that UNet ten seconds to open, at
   * about the same speed (engine/README.md, Measured).
   */
  readonly weights: "mapped" | "prepacked";
  readonly threads?: number | undefined;
  /**
   * Whether constants derived from weights are recomputed in every run rather than folded at creation: less memory, and
   * faster to open.
   */
  readonly makesAnew?: boolean | undefined;
  /**
   * Whether memory is requested value by value: the arena doubles its blocks, and very large values leave gaps in it.
   */
  readonly withoutArena?: boolean | undefined;
}

export type Reply =
  | { readonly id: number; readonly outputs: Tensors }
  | { readonly id: number; readonly failure: string };

export type Numbered<T> = T & { readonly id: number };
