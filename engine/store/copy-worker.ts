import { parentPort, workerData } from "node:worker_threads";
import { StudioError, toWire } from "../contract/errors.ts";
import type { CopyOrder, CopyReply } from "./copy-thread.ts";
import { makeCopy } from "./make-copy.ts";
import type { CopyProgress } from "./make-copy.ts";

/** A thread that makes one copy. Any message cancels it. */
const order: CopyOrder = workerData;

/** More reports than people can read would keep the studio and its pages busy. */
const EVERY_MS = 100;

function tell(reply: CopyReply): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread is no window.
  parentPort?.postMessage(reply);
}

let toldAt = 0;
let isWriting = false;

function onProgress(progress: CopyProgress): void {
  const writes = progress.copy !== undefined;
  if (writes === isWriting && performance.now() - toldAt < EVERY_MS) return;
  [toldAt, isWriting] = [performance.now(), writes];
  tell({ kind: "progress", progress });
}

const controller = new AbortController();
parentPort?.on("message", () => controller.abort());
try {
  const onNotice = (sentence: string): void => tell({ kind: "notice", sentence });
  const { source, quantization, cacheFolder, shippedFolder } = order;
  const shipped = shippedFolder === undefined ? undefined : { folder: shippedFolder, onNotice };
  const options = { cacheFolder, shipped, onProgress, signal: controller.signal };
  tell({ kind: "copied", copy: await makeCopy(source, quantization, options) });
} catch (error) {
  if (error instanceof StudioError) tell({ kind: "refused", error: toWire(error) });
  else tell({ kind: "failed", error });
} finally {
  parentPort?.close();
}
