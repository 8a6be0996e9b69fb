import { type RefusalCode, StudioError } from "../../contract/errors.ts";

/** What is wrong with a message: its form, its missing end, its size, or the number of pixels. */
export type FaultKind = "form" | "end" | "size" | "pixels";

/**
 * A problem in a message, in the form of REQUEST_INVALID: *field* cannot be *value*: *reason*. Messages are read by
 * server and client alike; each gives the error its own code.
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

/** Maximum length of foreign text in an error. */
const MAX_QUOTE = 60;

/** Quotes and shortens foreign text for a message. */
export function quote(text: string): string {
  const quoted = JSON.stringify(text.slice(0, MAX_QUOTE));
  return text.length > MAX_QUOTE ? `${quoted.slice(0, -1)}…"` : quoted;
}

/** Reads a part of a message; errors in it name that part. */
export function within<T>(part: string, read: () => T): T {
  return translated(read, ({ field, value, reason, kind }) => {
    return new MessageFault(`${part}: ${field}`, value, reason, kind);
  });
}

/** Reads what a client sent: errors become REQUEST_INVALID. */
export function asRequest<T>(read: () => T): T {
  return translated(read, requestInvalid);
}

/** Reads what an endpoint replied: errors become ENDPOINT_REPLY_INVALID, or another ENDPOINT refusal by their kind. */
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
  // If it cannot be read at all, there is no value to name.
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
