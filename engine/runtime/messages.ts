import type { Tensors } from "../pipeline/session.ts";

/** Where a session runs, in ONNX Runtime's names for its execution providers. */
export const PROVIDERS = ["cuda", "dml", "coreml", "webgpu", "cpu"] as const;
export type Provider = (typeof PROVIDERS)[number];

/** What the host asks of the inference process; each is answered once, in order. */
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
      /** Outputs that are left in the inference process, as inputs for sessions that name this one in `with`. */
      readonly keep?: readonly string[];
      /** Another session under whose number they are left. */
      readonly keepAs?: number;
      /** Sessions whose kept outputs are inputs, too, as far as they are asked for. */
      readonly with?: readonly number[];
    }
  | { readonly kind: "close"; readonly session: number };

export interface SessionOptions {
  readonly provider: Provider;
  /** Folder that external data is relative to; absent where the graph holds all its bytes. */
  readonly folder?: string | undefined;
  /**
   * "mapped" leaves weights in their file: ready in a third of a second, hardly any memory of its own.
   * "prepacked" lays them out for the device: 5 to 10 % faster, seconds to open, a second copy in memory.
   */
  readonly weights: "mapped" | "prepacked";
  readonly threads?: number | undefined;
  /** What is made of weights alone is made in every run, and not kept from opening on: less memory, and opened sooner. */
  readonly makesAnew?: boolean | undefined;
  /** Whether memory is asked of the system value by value: the arena's blocks double, and very large values leave gaps. */
  readonly withoutArena?: boolean | undefined;
}

export type Reply =
  | { readonly id: number; readonly outputs: Tensors }
  | { readonly id: number; readonly failure: string };

export type Numbered<T> = T & { readonly id: number };
