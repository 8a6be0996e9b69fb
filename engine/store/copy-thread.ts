import { setTimeout as pause } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { fromWire, type WireError } from "../contract/errors.ts";
import type { CopyOptions, CopyProgress, Quantization, WeightCopy } from "./make-copy.ts";

const PROGRAM = new URL("copy-worker.ts", import.meta.url);

/** How long a cancel waits for the thread, which then removes what it wrote by itself. */
const PATIENCE_MS = 800;

/** What the thread makes, in a form that can be sent to it. */
export interface CopyOrder {
  readonly source: string;
  readonly quantization: Quantization | undefined;
  readonly cacheFolder: string;
  /** The folder of a model that may contain int8 weights. */
  readonly shippedFolder: string | undefined;
}

/** What the thread sends; its last message is the copy or what went wrong. */
export type CopyReply =
  | { readonly kind: "progress"; readonly progress: CopyProgress }
  | { readonly kind: "notice"; readonly sentence: string }
  | { readonly kind: "copied"; readonly copy: WeightCopy }
  | { readonly kind: "refused"; readonly error: WireError }
  | { readonly kind: "failed"; readonly error: unknown };

/**
 * Finds or makes the copy of a file in a thread, so that everything else continues meanwhile: Stable Diffusion 2's UNet
 * takes 13 s of CPU. Rejects with the signal's reason within a second of a cancel.
 */
export async function copyInThread(
  source: string,
  quantization: Quantization | undefined,
  { cacheFolder, shipped, onProgress, signal }: CopyOptions,
): Promise<WeightCopy> {
  signal?.throwIfAborted();
  const order: CopyOrder = { source, quantization, cacheFolder, shippedFolder: shipped?.folder };
  const worker = new Worker(PROGRAM, { env: {}, workerData: order });
  const { promise, resolve, reject } = Promise.withResolvers<WeightCopy>();
  worker.on("message", (reply: CopyReply) => {
    if (reply.kind === "copied") resolve(reply.copy);
    else if (reply.kind === "notice") shipped?.onNotice(reply.sentence);
    else if (reply.kind === "progress") onProgress?.(reply.progress);
    else reject(reply.kind === "refused" ? fromWire(reply.error) : reply.error);
  });
  worker.on("error", reject);
  worker.on("exit", () => reject(new Error("the thread that copies weights has ended")));
  const onAbort = (): void => {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread is no window.
    worker.postMessage("cancel");
    void pause(PATIENCE_MS, undefined, { ref: false }).then(() => reject(signal?.reason));
  };
  signal?.addEventListener("abort", onAbort, { once: true });
  try {
    return await promise;
  } finally {
    signal?.removeEventListener("abort", onAbort);
    signal?.throwIfAborted();
  }
}
