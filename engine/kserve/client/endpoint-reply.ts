/** What an endpoint answered to one request. */
export interface EndpointReply {
  readonly status: number;
  /** By names in small letters. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Decompressed; whoever reads the socket stops at MAX_REPLY_BYTES. */
  readonly body: Uint8Array;
}

/** Largest reply: a picture of 2048x2048 as nested JSON is 56 MB. */
export const MAX_REPLY_BYTES = 64 * 2 ** 20;

/** What the JSON of a reply may hold: envelope, output and data are 3 levels, a batch of pictures 4. */
export const REPLY_LIMITS = { depth: 8, values: 100_000, numbers: MAX_REPLY_BYTES / 2 };

/** Says whether the body is a web page, whatever it is labelled. */
export function isPage({ headers, body }: EndpointReply): boolean {
  const type = headers["content-type"] ?? "";
  return /\bhtml\b/i.test(type) || /^\s*<(?:!doctype|html|head|body)\b/i.test(beginning(body));
}

/** The first of the body as text, whatever it is. */
export function beginning(body: Uint8Array): string {
  return new TextDecoder().decode(body.subarray(0, MAX_BEGINNING));
}

const MAX_BEGINNING = 16_384;
