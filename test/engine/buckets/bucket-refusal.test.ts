import { expect, test } from "vitest";
import { StudioError } from "../../../engine/contract/errors.ts";
import { certificate } from "../../fakes/certificates.ts";
import { connecting, KEYS, listing, openBuckets } from "../../fakes/open-buckets.ts";
import { listXml, sendError, sendXml } from "../../fakes/s3-replies.ts";
import { standInEndpoint, type Answer } from "../../fakes/stand-in-endpoint.ts";

/** The message with which listing a bucket is refused, with the port removed. */
async function sentence(answer: Answer, more: object = {}): Promise<string> {
  const service = await standInEndpoint(answer);
  const { connections, buckets } = await openBuckets();
  const connection = await connections.connect(connecting(service.url, more));
  const error: unknown = await buckets.list(listing(connection)).catch((caught: unknown) => caught);
  if (!(error instanceof StudioError)) throw new Error("no refusal", { cause: error });
  return `${error.code}: ${error.message.split(". ")[0]!.replaceAll(String(service.port), "N")}`;
}

const HOST = "127.0.0.1:N";

test.each<readonly [string, number, string, string]>([
  [
    "an unknown access key",
    403,
    "InvalidAccessKeyId",
    `BUCKET_KEYS_REFUSED: ${HOST} does not accept the keys of the connection: it knows no such access key`,
  ],
  [
    "a wrong secret key",
    403,
    "SignatureDoesNotMatch",
    `BUCKET_KEYS_REFUSED: ${HOST} does not accept the keys of the connection: the secret key does not match the access key`,
  ],
  [
    "keys that have ended",
    400,
    "ExpiredToken",
    `BUCKET_KEYS_REFUSED: ${HOST} does not accept the keys of the connection: they have expired`,
  ],
  [
    "no right",
    403,
    "AccessDenied",
    "BUCKET_DENIED: The keys of the connection do not allow this: listing its objects",
  ],
  ["no bucket", 404, "NoSuchBucket", `BUCKET_NOT_FOUND: ${HOST} has no bucket called toys`],
  [
    "a name that is none",
    400,
    "InvalidBucketName",
    "BUCKET_NAME_INVALID: A bucket cannot be called toys: InvalidBucketName in words",
  ],
  [
    "something it cannot do",
    501,
    "NotImplemented",
    `BUCKET_UNSUPPORTED: ${HOST} cannot do this: listing its objects`,
  ],
  [
    "another code",
    400,
    "MoonFull",
    `BUCKET_REFUSED: ${HOST} refused (MoonFull): MoonFull in words`,
  ],
])("%s is reported", async (_, status, code, told) => {
  expect(await sentence((response) => sendError(response, status, code))).toBe(told);
});

test("a wrong clock is reported with its difference from the service's", async () => {
  const more = "<ServerTime>2026-11-25T15:00:00Z</ServerTime>";
  const told = await sentence((response) =>
    sendError(response, 403, "RequestTimeTooSkewed", { more }),
  );
  expect(told).toBe(
    `BUCKET_CLOCK: The clocks of this computer and of ${HOST} differ too much: this one is 180 minutes behind`,
  );
});

test("a redirect to another host is named and not followed", async () => {
  const stranger = await standInEndpoint((response) => sendXml(response, listXml({})));
  for (const [status, code] of [
    [307, "TemporaryRedirect"],
    [301, "PermanentRedirect"],
  ] as const) {
    const headers = { location: `${stranger.url}/toys?secret` };
    const told = await sentence((response) => sendError(response, status, code, { headers }));
    expect(told).toBe(
      `BUCKET_MOVED: ${HOST} redirects requests for this bucket to ${stranger.url}/toys`,
    );
  }
  expect(stranger.seen).toEqual([]);
});

test("a region that stays wrong is reported with the right one", async () => {
  const headers = { "x-amz-bucket-region": "eu-west-9" };
  const told = await sentence((response) =>
    sendError(response, 400, "AuthorizationHeaderMalformed", { headers }),
  );
  expect(told).toBe(
    `BUCKET_REGION: ${HOST} does not accept the region eu-west-9: the bucket is in eu-west-9`,
  );
});

test("a form of address that the service forbids is reported with the other one", async () => {
  const forbid: Answer = (response) => sendError(response, 403, "SecondLevelDomainForbidden");
  expect(await sentence(forbid, { pathStyle: "yes" })).toBe(
    `BUCKET_PATH_STYLE: ${HOST} does not support this form of address: SecondLevelDomainForbidden in words`,
  );
});

test("a console's page, and bytes that are not HTTP, are not a service", async () => {
  const console: Answer = (response) => {
    response.writeHead(200, { "content-type": "text/html" }).end("<html><p>Welcome<br></html>");
  };
  const noise: Answer = (response) => response.socket?.end("SSH-2.0-OpenSSH_9.6\r\n");
  for (const answer of [console, noise]) {
    expect(await sentence(answer)).toMatch(/^BUCKET_REPLY_INVALID: The reply of 127/);
  }
});

test("an untrusted certificate is refused before anything is sent, and trusted with its authority", async () => {
  const authority = await certificate({ name: "an authority", isAuthority: true });
  const own = await certificate({ by: authority });
  const service = await standInEndpoint((response) => sendXml(response, listXml({})), own);
  const { connections, buckets } = await openBuckets();
  const stranger = await connections.connect(connecting(service.url));
  await expect(buckets.list(listing(stranger))).rejects.toThrow(
    /presents a certificate that is not trusted: it is signed by a CA/,
  );
  expect(service.seen).toEqual([]);
  for (const more of [{ ca: authority.cert }, { isInsecure: true }]) {
    const trusted = await connections.connect(connecting(service.url, more));
    expect(await buckets.list(listing(trusted))).toMatchObject({ objects: [] });
  }
});

test("nothing listens, and no such host", async () => {
  const { connections, buckets } = await openBuckets();
  for (const [endpoint, told] of [
    ["http://127.0.0.1:1", "127.0.0.1:1 did not answer: nothing listens on that port"],
    ["http://no-such-host.invalid", "no-such-host.invalid did not answer: "],
  ] as const) {
    const connection = await connections.connect(connecting(endpoint));
    await expect(buckets.list(listing(connection))).rejects.toThrow(told);
  }
});

test("a service that quotes the keys is not quoted", async () => {
  const quote: Answer = (response) =>
    sendError(response, 400, "MoonFull", {
      more: `<AWSAccessKeyId>${KEYS.accessKey}</AWSAccessKeyId>`,
      headers: { "x-amz-id-2": KEYS.secretKey },
    });
  const loud: Answer = (response) => {
    response.writeHead(400, { "content-type": "application/xml" });
    response.end(
      `<Error><Code>Odd</Code><Message>${KEYS.secretKey} of ${KEYS.accessKey}</Message></Error>`,
    );
  };
  for (const answer of [quote, loud]) expect(await sentence(answer)).not.toMatch(/canary/);
});
