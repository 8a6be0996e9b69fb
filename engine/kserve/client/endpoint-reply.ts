/** An endpoint's reply to one request. */
export interface EndpointReply {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Decompressed; reading stops at MAX_REPLY_BYTES. */
  readonly body: Uint8Array;
}

/** Maximum size of a reply: a picture of 2048x2048 as nested JSON has 56 MB. */
export const MAX_REPLY_BYTES = 64 * 2 ** 20;

/** Limits for the JSON of a reply: envelope, output and data are 3 levels, a batch of pictures 4. */
export const REPLY_LIMITS = { depth: 8, values: 100_000, numbers: MAX_REPLY_BYTES / 2 };

/** Whether the body is a web page, whatever its content type. */
export function isPage({ headers, body }: EndpointReply): boolean {
  const type = headers["content-type"] ?? "";
  return /\bhtml\b/i.test(type) || /^\s*<(?:!doctype|html|head|body)\b/i.test(beginning(body));
}

/** The beginning of the body as text. */
export function beginning(body: Uint8Array): string {
  return new TextDecoder().decode(body.subarray(0, MAX_BEGINNING));
}

const MAX_BEGINNING = 16_384;
