import { parentPort } from "node:worker_threads";
import type { HashRequest } from "./hasher.ts";
import { PartHashes } from "./object-hashes.ts";

/** A thread that hashes blocks in order and replies to every message. */
let hashes: PartHashes | undefined;
parentPort?.on("message", (request: HashRequest) => {
  if (request.kind === "begin") hashes = new PartHashes(request.order);
  if (request.kind === "add") hashes?.add(request.block);
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread is no window.
  parentPort?.postMessage(request.kind === "finish" ? (hashes?.finish() ?? []) : []);
});
