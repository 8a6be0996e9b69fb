import { createHash, createHmac } from "node:crypto";
import { S3Fault } from "./fault.ts";

/** The parts of a request that its signature covers. */
export interface SignedRequest {
  readonly method: string;
  /** Path and query as received, not decoded. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

export interface Signer {
  readonly accessKey: string;
  readonly secretKey: string;
  readonly region: string;
  /** Milliseconds since 1970, by the service's clock. */
  readonly now: () => number;
}

const CLOCK_SKEW_MS = 15 * 60_000;

const sha256 = (text: string | Uint8Array): string =>
  createHash("sha256").update(text).digest("hex");
const hmac = (key: string | Uint8Array, text: string): Buffer =>
  createHmac("sha256", key).update(text).digest();

/** Percent-encoding of Signature Version 4: everything but letters, digits and -._~ */
const encode = (text: string): string =>
  encodeURIComponent(text).replace(
    /[!'()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  );

/** Throws S3's error if a request is not signed with these keys, at this time, for this region. */
export function checkSignature(request: SignedRequest, signer: Signer): void {
  const [path = "", query = ""] = request.url.split("?");
  const parameters = new URLSearchParams(query.replaceAll("+", "%2B"));
  const claim = claimOf(request, parameters);
  const [accessKey, day = "", region, service] = claim.credential.split("/");
  if (accessKey !== signer.accessKey) {
    throw new S3Fault(
      403,
      "InvalidAccessKeyId",
      "The AWS Access Key Id you provided does not exist in our records.",
    );
  }
  if (region !== signer.region) {
    const message = `The authorization header is malformed; the region '${region}' is wrong; expecting '${signer.region}'`;
    throw new S3Fault(400, "AuthorizationHeaderMalformed", message, { Region: signer.region });
  }
  refuseWrongTime(claim, signer);
  parameters.delete("X-Amz-Signature");
  const sorted = [...parameters]
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .toSorted();
  const canonical = [
    request.method,
    path,
    sorted.join("&"),
    ...claim.signedHeaders.map((name) => `${name}:${headerOf(request, name)}`),
    "",
    claim.signedHeaders.join(";"),
    claim.payload,
  ].join("\n");
  const scope = [day, region, service, "aws4_request"].join("/");
  const text = ["AWS4-HMAC-SHA256", claim.date, scope, sha256(canonical)].join("\n");
  const dayKey = hmac(hmac(hmac(`AWS4${signer.secretKey}`, day), region), service ?? "");
  const signature = hmac(hmac(dayKey, "aws4_request"), text).toString("hex");
  if (signature === claim.signature) return;
  throw new S3Fault(
    403,
    "SignatureDoesNotMatch",
    "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
  );
}

interface Claim {
  readonly credential: string;
  readonly signature: string;
  readonly signedHeaders: readonly string[];
  /** 20261129T120000Z */
  readonly date: string;
  /** Hash of the body, or a word instead of it. */
  readonly payload: string;
  /** For a presigned address. */
  readonly expiresSeconds?: number;
}

function claimOf(request: SignedRequest, parameters: URLSearchParams): Claim {
  if (parameters.has("X-Amz-Signature")) {
    const of = (name: string): string => parameters.get(`X-Amz-${name}`) ?? "";
    return {
      credential: of("Credential"),
      signature: of("Signature"),
      signedHeaders: of("SignedHeaders").split(";"),
      date: of("Date"),
      payload: "UNSIGNED-PAYLOAD",
      expiresSeconds: Number(of("Expires")),
    };
  }
  const header = headerOf(request, "authorization");
  if (header === "") throw new S3Fault(403, "AccessDenied", "Access Denied");
  const of = (name: string): string => new RegExp(`${name}=([^,\\s]+)`).exec(header)?.[1] ?? "";
  return {
    credential: of("Credential"),
    signature: of("Signature"),
    signedHeaders: of("SignedHeaders").split(";"),
    date: headerOf(request, "x-amz-date"),
    payload: headerOf(request, "x-amz-content-sha256"),
  };
}

function refuseWrongTime({ date, expiresSeconds }: Claim, { now }: Signer): void {
  const iso = date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z");
  const ageMs = now() - Date.parse(iso);
  if (expiresSeconds !== undefined) {
    if (ageMs <= expiresSeconds * 1000) return;
    throw new S3Fault(403, "AccessDenied", "Request has expired");
  }
  if (Math.abs(ageMs) <= CLOCK_SKEW_MS) return;
  const message = "The difference between the request time and the current time is too large.";
  throw new S3Fault(403, "RequestTimeTooSkewed", message, {
    ServerTime: new Date(now()).toISOString(),
  });
}

function headerOf({ headers }: SignedRequest, name: string): string {
  const value = headers[name] ?? "";
  return (Array.isArray(value) ? value.join(",") : value).trim().replaceAll(/\s+/g, " ");
}
