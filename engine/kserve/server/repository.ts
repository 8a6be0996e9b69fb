import { readMessage } from "../wire/framing.ts";
import { REQUEST_LIMITS } from "./infer-request.ts";
import { type JsonObject, shown } from "../wire/json.ts";
import { asParameters, isAbsent } from "../wire/members.ts";
import { asRequest, MessageFault, quote } from "../wire/message-fault.ts";

/** Whether `POST /v2/repository/index` asks for ready models only; its body may be empty. Throws REQUEST_INVALID. */
export function readIndexRequest(bytes: Uint8Array): { readonly isReadyOnly: boolean } {
  return asRequest(() => {
    const ready = optionalMessage(bytes).get("ready");
    if (isAbsent(ready) || typeof ready === "boolean") return { isReadyOnly: ready ?? false };
    throw new MessageFault("ready", shown(ready), "it must be true or false");
  });
}

/** One model of `POST /v2/repository/index`, by Triton's states. */
export interface RepositoryEntry {
  readonly name: string;
  readonly version?: string;
  readonly state: "READY" | "UNAVAILABLE" | "LOADING" | "UNLOADING";
  /** Why it is not ready; "" where it is. */
  readonly reason: string;
}

/** The index as it was asked for. */
export function repositoryIndex(
  entries: readonly RepositoryEntry[],
  isReadyOnly: boolean,
): readonly RepositoryEntry[] {
  return isReadyOnly ? entries.filter(({ state }) => state === "READY") : entries;
}

/**
 * Checks `POST /v2/repository/models/{m}/load` or `/unload`; its body may be empty. A configuration or
 * files in it are refused: a model is what lies in the store. Throws REQUEST_INVALID.
 */
export function checkLoadRequest(bytes: Uint8Array): void {
  asRequest(() => {
    const parameters = asParameters(optionalMessage(bytes).get("parameters"), "parameters");
    refuseOverrides([...parameters.keys()]);
  });
}

/** The same for the names of its parameters. Throws MessageFault. */
export function refuseOverrides(names: readonly string[]): void {
  const override = names.find((name) => /^(?:config$|file:)/.test(name));
  if (override === undefined) return;
  throw new MessageFault("parameters", quote(override), "models are loaded as the store has them");
}

function optionalMessage(bytes: Uint8Array): JsonObject {
  return bytes.length === 0 ? new Map() : readMessage(bytes, REQUEST_LIMITS);
}
