import { beginning, type EndpointReply, isPage, REPLY_LIMITS } from "./endpoint-reply.ts";
import { readMessage } from "../wire/framing.ts";
import { isList, itemsOf, type Json, type JsonObject } from "../wire/json.ts";
import { MessageFault } from "../wire/message-fault.ts";

/** Maximum length of foreign text in a refusal. */
const MAX_TEXT = 300;

/**
 * The error message of an endpoint in one line: `{error}` of the protocol, `{detail}` of FastAPI, `{code, type,
 * message}` of TorchServe, the title of a proxy's page, or plain text.
 */
export function errorText(reply: EndpointReply): string {
  const text = fromJson(reply.body) ?? (isPage(reply) ? pageTitle(reply) : beginning(reply.body));
  const line = (wrappedFailure(text)?.text ?? text)
    .toWellFormed()
    .replaceAll(/[\s\p{Cc}]+/gu, " ")
    .trim()
    .replace(/\.$/, "");
  if (line === "" || isEmpty(line)) return "it gives no reason";
  return line.length > MAX_TEXT ? `${beginningOf(line)}…` : line;
}

/** As many whole sentences as fit, or else whole words, unless little would be left; then anything that fits. */
function beginningOf(line: string): string {
  const start = line.slice(0, MAX_TEXT).toWellFormed();
  const [sentences = ""] = /^.*[^.](?=[.;!?] )/.exec(start) ?? [];
  if (sentences.length >= MAX_TEXT / 2) return sentences;
  const [words = ""] = /^.*\S(?= )/.exec(start) ?? [];
  return words.length >= 0.8 * MAX_TEXT ? words : start;
}

/** The reply of a server behind KServe's wrapper. */
export interface WrappedFailure {
  readonly status: number;
  readonly text: string;
}

/**
 * KServe's wrapper before 0.14 turns every error status of TorchServe into 500, and quotes the original status and
 * message in Python's notation (kserve #4247); undefined for any other text.
 */
export function wrappedFailure(text: string): WrappedFailure | undefined {
  const found = /^HTTPStatusError : (.*), '([45]\d\d) [^']*' for url '[^']*'$/s.exec(text);
  if (found === null) return undefined;
  const [, said = "", status] = found;
  const dict = /^\{'code': \d+, 'type': '(\w+)', 'message': (['"])(.*)\2\}$/s.exec(said);
  const plain = dict === null ? said : `${dict[1]}: ${dict[3]?.replaceAll("\\'", "'")}`;
  return { status: Number(status), text: plain === "{}" ? "" : plain };
}

/** The error in a JSON object; undefined if the body is not one or contains none. */
export function fromJson(body: Uint8Array): string | undefined {
  if (body.length > MAX_ERROR_BYTES) return undefined;
  try {
    return fromMessage(readMessage(body, REPLY_LIMITS));
  } catch (error) {
    if (error instanceof MessageFault) return undefined;
    throw error;
  }
}

/** An error's body is short; a longer one contains a picture. */
const MAX_ERROR_BYTES = 1_000_000;

/** Whether it is an empty object. */
const isEmpty = (text: string): boolean => /^\s*\{\s*\}\s*$/.test(text);

const KEYS = ["error", "detail", "message", "msg"] as const;

/** The error in an object. TorchServe's type precedes its message, since only the type identifies the cause. */
function fromMessage(message: JsonObject): string | undefined {
  // A reply with pictures can also have a "message": "ok".
  if (message.has("outputs") || message.has("predictions")) return undefined;
  const value = KEYS.map((key) => message.get(key)).find((value) => value !== undefined);
  const text = value === undefined ? undefined : fromValue(value);
  const [type, more] = [message.get("type"), message.get("errors")];
  // A1111 gives the name of the exception, then its message.
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

/** One of FastAPI's validation errors, with its location. */
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
