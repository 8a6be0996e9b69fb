import { readMessage } from "../wire/framing.ts";
import { REQUEST_LIMITS } from "./infer-request.ts";
import { type JsonObject, shown } from "../wire/json.ts";
import { asParameters, isAbsent } from "../wire/members.ts";
import { asRequest, MessageFault, quote } from "../wire/message-fault.ts";

/** Whether `POST /v2/repository/index` asks for ready models only; the body may be empty. Throws REQUEST_INVALID. */
export function readIndexRequest(bytes: Uint8Array): { readonly isReadyOnly: boolean } {
  return asRequest(() => {
    const ready = optionalMessage(bytes).get("ready");
    if (isAbsent(ready) || typeof ready === "boolean") return { isReadyOnly: ready ?? false };
    throw new MessageFault("ready", shown(ready), "it must be true or false");
  });
}

/** A model in the reply to `POST /v2/repository/index`, with Triton's states. */
export interface RepositoryEntry {
  readonly name: string;
  readonly version?: string;
  readonly state: "READY" | "UNAVAILABLE" | "LOADING" | "UNLOADING";
  /** Why it is not ready; "" if it is. */
  readonly reason: string;
}

/** The index, filtered as requested. */
export function repositoryIndex(
  entries: readonly RepositoryEntry[],
  isReadyOnly: boolean,
): readonly RepositoryEntry[] {
  return isReadyOnly ? entries.filter(({ state }) => state === "READY") : entries;
}

/**
 * Validates `POST /v2/repository/models/{m}/load` or `/unload`; the body may be empty. Refuses a configuration or
 * files: models are loaded from the store. Throws REQUEST_INVALID.
 */
export function checkLoadRequest(bytes: Uint8Array): void {
  asRequest(() => {
    const parameters = asParameters(optionalMessage(bytes).get("parameters"), "parameters");
    refuseOverrides([...parameters.keys()]);
  });
}

/** The same, by the names of its parameters. Throws MessageFault. */
export function refuseOverrides(names: readonly string[]): void {
  const override = names.find((name) => /^(?:config$|file:)/.test(name));
  if (override === undefined) return;
  throw new MessageFault("parameters", quote(override), "models are loaded as the store has them");
}

function optionalMessage(bytes: Uint8Array): JsonObject {
  return bytes.length === 0 ? new Map() : readMessage(bytes, REQUEST_LIMITS);
}
