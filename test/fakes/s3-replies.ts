import type { ServerResponse } from "node:http";

/** An error in S3's form; `more` is XML besides code and message. */
export function sendError(
  response: ServerResponse,
  status: number,
  code: string,
  { more = "", headers = {} }: { more?: string; headers?: Readonly<Record<string, string>> } = {},
): void {
  const message = `${code} in words.`;
  const body = `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${message}</Message>${more}</Error>`;
  response.writeHead(status, { "content-type": "application/xml", ...headers }).end(body);
}

export function sendXml(response: ServerResponse, body: string): void {
  response
    .writeHead(200, { "content-type": "application/xml", server: "stand-in" })
    .end(`<?xml version="1.0" encoding="UTF-8"?>${body}`);
}

export interface ListedKeys {
  readonly keys?: readonly string[];
  readonly prefixes?: readonly string[];
  /** The token for the next page. */
  readonly next?: string | undefined;
  /** `silent` encodes without declaring it; `plain` does not encode. */
  readonly encoding?: "url" | "silent" | "plain";
}

/** A page of ListObjectsV2, with objects as many bytes long as their key has letters. */
export function listXml({ keys = [], prefixes = [], next, encoding = "url" }: ListedKeys): string {
  const written = (key: string): string =>
    encoding === "plain" ? key : encodeURIComponent(key).replaceAll("%20", "+");
  return [
    `<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">`,
    encoding === "url" ? "<EncodingType>url</EncodingType>" : "",
    `<IsTruncated>${next !== undefined}</IsTruncated>`,
    next === undefined ? "" : `<NextContinuationToken>${next}</NextContinuationToken>`,
    ...keys.map(
      (key, i) =>
        `<Contents><Key>${written(key)}</Key><Size>${key.length}</Size><LastModified>2026-11-0${1 + (i % 9)}T00:00:00.000Z</LastModified><ETag>&quot;abc-2&quot;</ETag></Contents>`,
    ),
    ...prefixes.map((one) => `<CommonPrefixes><Prefix>${written(one)}</Prefix></CommonPrefixes>`),
    "</ListBucketResult>",
  ].join("");
}
