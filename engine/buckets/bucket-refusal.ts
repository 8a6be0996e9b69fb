import { z } from "zod";
import { StudioError, type RefusalCode } from "../contract/errors.ts";
import { connectionReason } from "../network/connection-reason.ts";

/** What a request was about, for messages. */
export interface Asked {
  /** Completes "The keys do not allow this: …". */
  readonly what: string;
  readonly bucket?: string | undefined;
  readonly key?: string | undefined;
}

/** A request and the service that it went to. */
export interface AskedOf extends Asked {
  readonly host: string;
  readonly region: string;
  /** Whether the bucket is part of the host name. */
  readonly isVirtualHosted: boolean;
  readonly now: () => Date;
}

/** An error reply, as far as the SDK exposes it. */
export interface ErrorReply {
  readonly code: string;
  readonly message: string;
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string>>;
  /** Elements of the error's XML besides code and message: Region, Endpoint, ServerTime. */
  readonly element: (name: string) => string | undefined;
}

/** An SDK error: for an error reply, or for a reply that it could not parse. */
const sdkErrorSchema = z.looseObject({
  $metadata: z.object({ httpStatusCode: z.number().optional() }).default({}),
  $response: z
    .object({ statusCode: z.number().optional(), headers: z.record(z.string(), z.string()) })
    .partial()
    .catch({})
    .default({}),
  Code: z.string().optional(),
});

/** The reply behind an SDK error; undefined if there was none. */
export function errorReply(error: unknown): ErrorReply | undefined {
  if (!(error instanceof Error) || !("$metadata" in error || "$response" in error)) {
    return undefined;
  }
  // The reply is a non-enumerable property.
  const response = "$response" in error ? error.$response : undefined;
  const { data } = sdkErrorSchema.safeParse(Object.assign({}, error, { $response: response }));
  if (data === undefined) return undefined;
  return {
    code: data.Code ?? error.name,
    message: error.message,
    status: data.$metadata.httpStatusCode ?? data.$response.statusCode,
    headers: data.$response.headers ?? {},
    element: (name) => {
      const value = data[name];
      return typeof value === "string" ? value : undefined;
    },
  };
}

/** Why keys are refused, by S3's error code. */
const KEY_REASONS: Readonly<Record<string, string>> = {
  InvalidAccessKeyId: "it knows no such access key",
  SignatureDoesNotMatch: "the secret key does not match the access key",
  InvalidSecurity: "they are not valid",
  InvalidToken: "the session token is not valid",
  ExpiredToken: "they have expired",
  TokenRefreshRequired: "they have expired",
  NotSignedUp: "their account has no S3",
  AccountProblem: "their account is blocked",
  InvalidClientTokenId: "it knows no such access key",
  UnrecognizedClientException: "it knows no such access key",
};

const CODES: Readonly<Record<string, RefusalCode>> = {
  ...Object.fromEntries(Object.keys(KEY_REASONS).map((code) => [code, "BUCKET_KEYS_REFUSED"])),
  AccessDenied: "BUCKET_DENIED",
  AllAccessDisabled: "BUCKET_DENIED",
  AccountAccessDenied: "BUCKET_DENIED",
  RequestTimeTooSkewed: "BUCKET_CLOCK",
  RequestInTheFuture: "BUCKET_CLOCK",
  RequestExpired: "BUCKET_CLOCK",
  AuthorizationHeaderMalformed: "BUCKET_REGION",
  IllegalLocationConstraintException: "BUCKET_REGION",
  InvalidLocationConstraint: "BUCKET_REGION",
  InvalidRegion: "BUCKET_REGION",
  IncorrectEndpoint: "BUCKET_REGION",
  PermanentRedirect: "BUCKET_MOVED",
  TemporaryRedirect: "BUCKET_MOVED",
  Redirect: "BUCKET_MOVED",
  SecondLevelDomainForbidden: "BUCKET_PATH_STYLE",
  PathStyleRequestNotAllowed: "BUCKET_PATH_STYLE",
  VirtualHostDomainRequired: "BUCKET_PATH_STYLE",
  NoSuchBucket: "BUCKET_NOT_FOUND",
  NoSuchKey: "OBJECT_NOT_FOUND",
  NoSuchVersion: "OBJECT_NOT_FOUND",
  NoSuchUpload: "NOT_FOUND",
  InvalidBucketName: "BUCKET_NAME_INVALID",
  BucketAlreadyExists: "BUCKET_EXISTS",
  BucketAlreadyOwnedByYou: "BUCKET_EXISTS",
  NotImplemented: "BUCKET_UNSUPPORTED",
  MethodNotAllowed: "BUCKET_UNSUPPORTED",
  SlowDown: "BUCKET_BUSY",
  ServiceUnavailable: "BUCKET_BUSY",
  Throttling: "BUCKET_BUSY",
  ThrottlingException: "BUCKET_BUSY",
  TooManyRequests: "BUCKET_BUSY",
  RequestLimitExceeded: "BUCKET_BUSY",
  OperationAborted: "BUCKET_BUSY",
};

const STATUSES: Readonly<Record<number, RefusalCode>> = {
  401: "BUCKET_DENIED",
  403: "BUCKET_DENIED",
  405: "BUCKET_UNSUPPORTED",
  410: "OBJECT_NOT_FOUND",
  429: "BUCKET_BUSY",
  501: "BUCKET_UNSUPPORTED",
};

/** The refusal for an error without a code, such as replies to HEAD, which have no body. */
function codeByStatus({ status = 0 }: ErrorReply, { key }: Asked): RefusalCode {
  if (status === 404) return key === undefined ? "BUCKET_NOT_FOUND" : "OBJECT_NOT_FOUND";
  const known = STATUSES[status];
  if (known !== undefined) return known;
  if (status >= 500) return "BUCKET_BUSY";
  if (status < 300) return "BUCKET_REPLY_INVALID";
  return status < 400 ? "BUCKET_MOVED" : "BUCKET_REFUSED";
}

/** Why a request failed: the refusal to show, or undefined for errors of our own. */
export function bucketRefusal(error: unknown, asked: AskedOf): StudioError | undefined {
  if (error instanceof StudioError) return error;
  const reply = errorReply(error);
  if (reply?.status !== undefined) return replyRefusal(reply, asked);
  const { host } = asked;
  if (error instanceof Error && error.name === "TimeoutError") {
    return new StudioError("BUCKET_UNREACHABLE", { host, reason: "it took too long" });
  }
  const found = connectionReason(error);
  if (found === undefined) return undefined;
  const { kind, reason } = found;
  const isOfHost = asked.isVirtualHosted && /host/.test(reason);
  if (isOfHost) return new StudioError("BUCKET_PATH_STYLE", { host, reason, wanted: "yes" });
  if (kind === "certificate") return new StudioError("BUCKET_CERTIFICATE", { host, reason });
  if (kind === "reply") return new StudioError("BUCKET_REPLY_INVALID", { host, reason });
  return new StudioError("BUCKET_UNREACHABLE", { host, reason });
}

function replyRefusal(reply: ErrorReply, asked: AskedOf): StudioError {
  const code = CODES[reply.code] ?? codeByStatus(reply, asked);
  const { host, bucket = "", key = "", what, region, isVirtualHosted } = asked;
  const reason = reasonFor(code, reply, asked);
  const wanted = isVirtualHosted ? "yes" : "no";
  const location = locationIn(reply) ?? "another address";
  const all = { host, bucket, key: shown(key), region, reason, wanted, location, what };
  if (code === "NOT_FOUND") return new StudioError(code, { what: "upload of", id: shown(key) });
  if (code !== "BUCKET_REFUSED") return new StudioError(code, all);
  return new StudioError(code, { ...all, what: clipped(reply.message) });
}

function reasonFor(code: RefusalCode, reply: ErrorReply, { now }: AskedOf): string {
  if (code === "BUCKET_KEYS_REFUSED") return KEY_REASONS[reply.code] ?? reply.code;
  if (code === "BUCKET_CLOCK") return skewIn(reply, now());
  if (code === "BUCKET_REPLY_INVALID") return "it is not that of an S3 service";
  if (code === "BUCKET_REGION") {
    const region = regionIn(reply);
    return region === undefined ? clipped(reply.message) : `the bucket is in ${region}`;
  }
  if (code === "BUCKET_REFUSED") return reply.code;
  return clipped(reply.message || reply.code);
}

/** The difference between the clocks, as far as the reply shows it. */
function skewIn(reply: ErrorReply, now: Date): string {
  const theirs = Date.parse(reply.element("ServerTime") ?? reply.headers["date"] ?? "");
  if (Number.isNaN(theirs)) return "it does not say by how much";
  const minutes = Math.round((now.getTime() - theirs) / 60_000);
  if (minutes === 0) return `it says that it is ${new Date(theirs).toISOString()}`;
  return `this one is ${Math.abs(minutes)} minutes ${minutes > 0 ? "ahead" : "behind"}`;
}

/** The correct region according to a reply. */
export function regionIn({ headers, element }: ErrorReply): string | undefined {
  const region = headers["x-amz-bucket-region"] ?? element("Region");
  return region !== undefined && /^[a-z\d-]{1,100}$/i.test(region) ? region : undefined;
}

function locationIn({ headers, element }: ErrorReply): string | undefined {
  const location = headers["location"] ?? element("Endpoint");
  return location === undefined ? undefined : clipped(location.split("?")[0] ?? "");
}

/** A foreign text, shortened to one line. */
export function clipped(text: string): string {
  const line = text.replaceAll(/\s+/g, " ").trim().replace(/\.$/, "");
  return (line.length > 300 ? `${line.slice(0, 300)}…` : line).toWellFormed();
}

/** A key for messages: invisible characters are escaped. */
function shown(key: string): string {
  return clipped(
    key.replaceAll(/\p{Cc}/gu, (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, "0")}`),
  );
}
