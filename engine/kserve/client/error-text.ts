import { beginning, type EndpointReply, isPage, REPLY_LIMITS } from "./endpoint-reply.ts";
import { readMessage } from "../wire/framing.ts";
import { isList, itemsOf, type Json, type JsonObject } from "../wire/json.ts";
import { MessageFault } from "../wire/message-fault.ts";

/** Longest text of a stranger in a refusal. */
const MAX_TEXT = 300;

/**
 * What an endpoint says is wrong, in one line: `{error}` of the protocol, `{detail}` of FastAPI,
 * `{code, type, message}` of TorchServe, the title of a proxy's page, or plain text.
 */
export function errorText(reply: EndpointReply): string {
  const text = fromJson(reply.body) ?? (isPage(reply) ? pageTitle(reply) : beginning(reply.body));
  const line = (wrappedFailure(text)?.text ?? text)
    .toWellFormed()
    .replaceAll(/[\s\p{Cc}]+/gu, " ")
    .trim()
    .replace(/\.$/, "");
  if (line === "" || isEmpty(line)) return "it gives no reason";
  return line.length > MAX_TEXT ? `${line.slice(0, MAX_TEXT).toWellFormed()}…` : line;
}

/** What a server behind KServe's wrapper answered. */
export interface WrappedFailure {
  readonly status: number;
  readonly text: string;
}

/**
 * KServe's wrapper before 0.14 turns every status of TorchServe into 500, and quotes the true one and what
 * TorchServe said, as Python writes it (kserve #4247); undefined where a text is none of its.
 */
export function wrappedFailure(text: string): WrappedFailure | undefined {
  const found = /^HTTPStatusError : (.*), '([45]\d\d) [^']*' for url '[^']*'$/s.exec(text);
  if (found === null) return undefined;
  const [, said = "", status] = found;
  const dict = /^\{'code': \d+, 'type': '(\w+)', 'message': (['"])(.*)\2\}$/s.exec(said);
  const plain = dict === null ? said : `${dict[1]}: ${dict[3]?.replaceAll("\\'", "'")}`;
  return { status: Number(status), text: plain === "{}" ? "" : plain };
}

/** The error that a JSON object tells of; undefined where the body is none, or tells of none. */
export function fromJson(body: Uint8Array): string | undefined {
  if (body.length > MAX_ERROR_BYTES) return undefined;
  try {
    return fromMessage(readMessage(body, REPLY_LIMITS));
  } catch (error) {
    if (error instanceof MessageFault) return undefined;
    throw error;
  }
}

/** An error's body is short; what is longer is a picture. */
const MAX_ERROR_BYTES = 1_000_000;

/** An object that says nothing. */
const isEmpty = (text: string): boolean => /^\s*\{\s*\}\s*$/.test(text);

const KEYS = ["error", "detail", "message", "msg"] as const;

/** The error that an object tells of. TorchServe's type goes before its message: only it tells causes apart. */
function fromMessage(message: JsonObject): string | undefined {
  // A reply with pictures may say "message": "ok" beside them.
  if (message.has("outputs") || message.has("predictions")) return undefined;
  const value = KEYS.map((key) => message.get(key)).find((value) => value !== undefined);
  const text = value === undefined ? undefined : fromValue(value);
  const [type, more] = [message.get("type"), message.get("errors")];
  // A1111 names the exception first, and then what it says.
  if (typeof more === "string" && more !== "" && text !== undefined) return `${text}: ${more}`;
  return typeof type === "string" && text !== undefined ? `${type}: ${text}` : text;
}

function fromValue(value: Json): string | undefined {
  if (typeof value === "string") return value;
  if (value instanceof Map) return placed(value);
  if (!isList(value)) return undefined;
  const texts = itemsOf(value).slice(0, 3).map(fromValue);
  return texts.filter((text) => text !== undefined).join("; ");
}

/** One of FastAPI's faults, with the place that it names. */
function placed(fault: JsonObject): string | undefined {
  const place = fault.get("loc");
  const path = isList(place) ? itemsOf(place).filter((step) => typeof step === "string") : [];
  const text = fromMessage(fault);
  return path.length > 0 && text !== undefined ? `${path.join(".")}: ${text}` : text;
}

function pageTitle({ body }: EndpointReply): string {
  const page = beginning(body);
  const title = /<title[^>]*>([^<]*)</i.exec(page)?.[1] ?? "";
  const heading = /<h1[^>]*>([^<]*)</i.exec(page)?.[1] ?? "";
  return [title, heading].find((text) => text.trim() !== "") ?? "it is a web page";
}
