import { type RefusalCode, StudioError } from "../../contract/errors.ts";

/**
 * Which part of a message is at fault: its form, its end, which is missing, its size, or the pixels that it holds.
 */
export type FaultKind = "form" | "end" | "size" | "pixels";

/**
 * What is wrong with a message, in the form of REQUEST_INVALID: *field* cannot be *value*: *reason*.
 * Messages are read for a server and for a client alike; each of them gives it its own code.
 */
export class MessageFault extends Error {
  readonly field: string;
  readonly value: string;
  readonly reason: string;
  readonly kind: FaultKind;

  constructor(field: string, value: string, reason: string, kind: FaultKind = "form") {
    super(`${field} cannot be ${value}: ${reason}`);
    this.field = field;
    this.value = value;
    this.reason = reason;
    this.kind = kind;
  }
}

/** Longest piece of a stranger's text in a sentence of ours. */
const MAX_QUOTE = 60;

/** A stranger's text, quoted and short enough for a sentence. */
export function quote(text: string): string {
  const quoted = JSON.stringify(text.slice(0, MAX_QUOTE));
  return text.length > MAX_QUOTE ? `${quoted.slice(0, -1)}…"` : quoted;
}

/** Reads one part of a message: a fault of it says which part. */
export function within<T>(part: string, read: () => T): T {
  return translated(read, ({ field, value, reason, kind }) => {
    return new MessageFault(`${part}: ${field}`, value, reason, kind);
  });
}

/** Reads what a client sent: a fault becomes REQUEST_INVALID. */
export function asRequest<T>(read: () => T): T {
  return translated(read, requestInvalid);
}

/** Reads what an endpoint replied: a fault becomes ENDPOINT_REPLY_INVALID, or another ENDPOINT refusal by its kind. */
export function asReply<T>(read: () => T): T {
  return translated(read, replyInvalid);
}

function requestInvalid({ field, value, reason }: MessageFault): StudioError {
  return new StudioError("REQUEST_INVALID", { field, value, reason });
}

const REPLY_CODES = {
  form: "ENDPOINT_REPLY_INVALID",
  end: "ENDPOINT_REPLY_BROKEN",
  size: "ENDPOINT_REPLY_TOO_LARGE",
  pixels: "ENDPOINT_PICTURE_INVALID",
} as const satisfies Record<FaultKind, RefusalCode>;

function replyInvalid({ kind, field, value, reason }: MessageFault): StudioError {
  // What cannot be read at all has no value to tell of.
  const told =
    value === "read" ? reason : `${field.replace(/^The /, "the ")} is ${value}: ${reason}`;
  return new StudioError(REPLY_CODES[kind], { reason: told });
}

function translated<T>(read: () => T, refusal: (fault: MessageFault) => Error): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof MessageFault) throw refusal(error);
    throw error;
  }
}
