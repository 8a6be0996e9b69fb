import type { FoundEndpoint, Recognised } from "../contract/endpoints.ts";
import { StudioError } from "../contract/errors.ts";
import { readShareLink } from "../contract/share-link.ts";
import { ClusterClient } from "../cluster/cluster-client.ts";
import { accessIn } from "../cluster/kubeconfig.ts";
import { itemsOf } from "../cluster/reply-body.ts";
import { endpointsInYaml, endpointsOf } from "../deploy/found-endpoints.ts";
import { pathOf } from "../deploy/applied-objects.ts";
import { readAddress } from "../endpoints/endpoint-address.ts";
import { tokenIn } from "../endpoints/token-text.ts";
import { isCurl, readCurl } from "../kserve/recorder/curl-command.ts";
import { isPython, readPython } from "../kserve/recorder/python-program.ts";
import { readRecorded } from "../kserve/recorder/read-recorded.ts";

/**
 * Recognises a pasted or dropped text and the endpoints in it; nothing is stored. Only a kubeconfig causes requests:
 * for its project's services. Refuses as REQUEST_INVALID a text that is not recognised.
 */
export async function recogniseEndpoint(text: string, signal?: AbortSignal): Promise<Recognised> {
  const shared = readShareLink(text);
  if (shared !== undefined) return { kind: "share", endpoints: [checked(shared)] };
  if (isCurl(text)) return { kind: "curl", endpoints: [ofCurl(text)] };
  if (isPython(text)) return { kind: "recording", endpoints: [ofPython(text)] };
  if (isRecorded(text)) return { kind: "recording", endpoints: [] };
  const found = endpointsInYaml(text);
  if (found?.kind === "kubeconfig") {
    return { kind: "kubeconfig", endpoints: await listed(found.config, signal) };
  }
  if (found !== undefined) {
    if (found.endpoints.length > 0)
      return { kind: found.kind, endpoints: found.endpoints.map(checked) };
    throw refused("an object without an address", "the cluster has not given it one yet");
  }
  if (isAddress(text)) return { kind: "address", endpoints: [checked({ url: text.trim() })] };
  if (isToken(text)) return { kind: "token", endpoints: [] };
  const reason =
    "it is not an address, token, curl line, share link, kubeconfig, Route or InferenceService";
  throw refused("recognised", reason);
}

/** Whether a text may be an address: one word with a scheme, or with a host that has a dot or port. */
function isAddress(text: string): boolean {
  const word = text.trim();
  return (
    /^https?:\/\/\S+$/i.test(word) ||
    /^[a-z\d-]+(\.[a-z\d-]+)*\.[a-z]{2,}(:\d+)?(\/\S*)?$/i.test(word)
  );
}

function isToken(text: string): boolean {
  try {
    return (tokenIn(text)?.length ?? 0) >= SHORTEST_TOKEN;
  } catch {
    return false;
  }
}

/** Shorter words are probably a mistake. */
const SHORTEST_TOKEN = 16;

function isRecorded(text: string): boolean {
  if (!text.trimStart().startsWith("{")) return false;
  try {
    return readRecorded(new TextEncoder().encode(text)).requests.length > 0;
  } catch {
    return false;
  }
}

function ofCurl(text: string): FoundEndpoint {
  const { url, headers, isInsecure } = readCurl(text);
  const token = /^Bearer\s+(\S+)$/i.exec(headers.get("authorization") ?? "")?.[1];
  // A shell variable is a placeholder for a token.
  const isWritten = token !== undefined && !token.includes("$") && !/^[<{]/.test(token);
  return {
    ...checked({ url: url.replace(/[?#].*$/s, "") }),
    ...(isInsecure && { isInsecure }),
    ...(isWritten && { token }),
    ...(token !== undefined && { needsToken: true }),
  };
}

/** Never contains a token: a recorded program reads it from the environment. */
function ofPython(text: string): FoundEndpoint {
  const { url, isInsecure, needsToken } = readPython(text);
  return {
    ...checked({ url }),
    ...(isInsecure && { isInsecure }),
    ...(needsToken && { needsToken }),
  };
}

/** Including the model in the address. Refuses as REQUEST_INVALID what cannot be an endpoint. */
function checked(found: FoundEndpoint): FoundEndpoint {
  const { model } = readAddress(found.url);
  return { ...(model !== undefined && { model }), ...found };
}

/** The services in the kubeconfig's project; its token also works for those that require one. */
async function listed(config: unknown, signal: AbortSignal | undefined): Promise<FoundEndpoint[]> {
  const access = await accessIn(config);
  const client = new ClusterClient(access);
  try {
    const namespace = access.namespace ?? "default";
    const kind = "InferenceService";
    const path = pathOf(kind, namespace);
    const list = await client.get({ path, query: { limit: "100" }, signal }, { kind, namespace });
    const endpoints = endpointsOf(itemsOf(list));
    if (endpoints.length === 0) {
      throw refused(`of the project ${namespace}`, "no InferenceService there has an address");
    }
    const token = /^Bearer (.+)$/.exec(
      access.headers["authorization"] ?? access.headers["Authorization"] ?? "",
    )?.[1];
    return endpoints.map((endpoint) => ({
      ...endpoint,
      ...(endpoint.needsToken === true && token !== undefined && { token }),
    }));
  } finally {
    client.close();
  }
}

function refused(value: string, reason: string): StudioError {
  return new StudioError("REQUEST_INVALID", { field: "The text", value, reason });
}
