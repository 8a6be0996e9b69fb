import { isIPv4 } from "node:net";
import type { EndpointKind } from "../contract/endpoints.ts";
import { StudioError } from "../contract/errors.ts";
import { isLoopback, withScheme } from "../contract/loopback.ts";

/** What an address says about an endpoint. */
export interface EndpointAddress {
  /** Scheme, host and port: what its token is bound to. */
  readonly origin: string;
  /** The part of the path before `/v2`, without a trailing slash; often empty. */
  readonly basePath: string;
  /** The model and its version, if the address contains them. */
  readonly model?: string;
  readonly version?: string;
  /** The protocol, if the address says so. */
  readonly kind?: EndpointKind;
}

const MODEL_PATH =
  /^(.*?)\/v[12]\/models\/([^/:]+)(?:\/versions\/([^/]+))?(?:\/(?:infer|ready|generate(?:_stream)?)|:(?:predict|explain))?\/*$/;
const PROTOCOL_PATH = /\/v[12](?:\/models|\/health(?:\/\w+)?)?\/*$/;

/**
 * Parses a pasted address: a service's base, or a model's full inference address. Without a scheme it is https, or
 * http on this machine. Refuses as REQUEST_INVALID, without repeating possible secrets in it.
 */
export function readAddress(text: string): EndpointAddress {
  const complete = withScheme(text);
  const isGrpc = /^grpcs?:\/\//i.test(complete);
  // For this scheme URL gives no origin.
  const url = URL.parse(complete.replace(/^grpc(s?):/i, "http$1:"));
  if (url === null || url.hostname === "") throw refused("this", "it is not a web address");
  if (url.protocol !== "https:" && url.protocol !== "http:") {
    throw refused(
      `of ${url.protocol.slice(0, -1)}`,
      "an endpoint speaks https, http, grpcs or grpc",
    );
  }
  if (url.username !== "" || url.password !== "") {
    throw refused("one with a name or a password in it", "a token is entered by itself");
  }
  if (url.search !== "" || url.hash !== "") {
    throw refused("one with a question mark or a hash sign", "it ends with its path");
  }
  return { origin: url.origin, ...readPath(url.pathname), ...(isGrpc && { kind: "grpc" }) };
}

/** Whether others could read what is sent there. */
export function isPlain(origin: string): boolean {
  return origin.startsWith("http:") && !isLoopback(new URL(origin).hostname);
}

/** The host's first label, which is the service's name in most addresses. */
export function nameOf(origin: string): string {
  const { hostname, host } = new URL(origin);
  const [label = host] = hostname.split(".");
  return isIPv4(hostname) || hostname.startsWith("[") ? host : label;
}

/** The path of a model's metadata, or of an operation on it. */
export function modelPath({ basePath, version }: EndpointAddress, model: string): string {
  const ofVersion = version === undefined ? "" : `/versions/${encodeURIComponent(version)}`;
  return `${basePath}/v2/models/${encodeURIComponent(model)}${ofVersion}`;
}

const OPENAI_PATH = /\/v1\/images(?:\/generations|\/edits)?\/*$/;
const A1111_PATH = /\/sdapi\/v1(?:\/\w+)*\/*$/;

function readPath(path: string): Omit<EndpointAddress, "origin"> {
  for (const [kind, end] of [["openai", OPENAI_PATH] as const, ["a1111", A1111_PATH] as const]) {
    if (end.test(path)) return { basePath: path.replace(end, "").replace(/\/+$/, ""), kind };
  }
  const [, before, model, version] = MODEL_PATH.exec(path) ?? [];
  if (before === undefined || model === undefined) {
    return { basePath: path.replace(PROTOCOL_PATH, "").replace(/\/+$/, "") };
  }
  return {
    basePath: before.replace(/\/+$/, ""),
    model: decoded(model),
    ...(version !== undefined && { version: decoded(version) }),
    ...(/:(?:predict|explain)\/*$/.test(path) && { kind: "v1" as const }),
  };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw refused("this", "a percent sign in it stands for nothing");
  }
}

function refused(value: string, reason: string): StudioError {
  return new StudioError("REQUEST_INVALID", { field: "The address", value, reason });
}
