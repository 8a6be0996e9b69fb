import { ListObjectsV2Command, type ListObjectsV2CommandOutput } from "@aws-sdk/client-s3";
import type { Bucket } from "./bucket-client.ts";

type Decode = (name: string) => string;

const asItIs: Decode = (name) => name;

/** How services that do not say so encode names, once found out. */
const found = new WeakMap<Bucket["client"], Decode>();

/** How names in a reply are decoded: as the reply says, otherwise as was found out, otherwise not at all. */
export function decoderFor(
  { client }: Bucket,
  { EncodingType }: Pick<ListObjectsV2CommandOutput, "EncodingType">,
): Decode {
  return EncodingType === "url" ? decoded : (found.get(client) ?? asItIs);
}

/** Matches names that look URL-encoded; only for some of those does decoding change the name. */
const ENCODED = /^[\w.~!*'()/%+:@&=$,;-]*$/;
const AMBIGUOUS = /%[\da-f]{2}|\+/i;

/**
 * How the names on a page are decoded. Some services encode without saying so. If it makes a difference, an object is
 * requested by its raw name, once per service, to find out.
 */
export async function pageDecoder(
  bucket: Bucket,
  reply: ListObjectsV2CommandOutput,
  signal?: AbortSignal,
): Promise<Decode> {
  const { client } = bucket;
  const names = [
    ...(reply.Contents ?? []).map(({ Key = "" }) => Key),
    ...(reply.CommonPrefixes ?? []).map(({ Prefix = "" }) => Prefix),
  ];
  const doubtful = names.find((name) => AMBIGUOUS.test(name));
  const isSettled = reply.EncodingType !== undefined || found.has(client);
  if (isSettled || doubtful === undefined) return decoderFor(bucket, reply);
  const isEncoded =
    names.every((name) => ENCODED.test(name)) && !(await isThere(bucket, doubtful, signal));
  found.set(client, isEncoded ? decoded : asItIs);
  return decoderFor(bucket, reply);
}

/** Whether any key starts with this prefix. */
async function isThere({ client, name }: Bucket, prefix: string, signal?: AbortSignal) {
  const { Contents = [], CommonPrefixes = [] } = await client.send(
    new ListObjectsV2Command({ Bucket: name, Prefix: prefix, MaxKeys: 1, EncodingType: "url" }),
    { what: "listing its objects", bucket: name },
    { signal },
  );
  return Contents.length + CommonPrefixes.length > 0;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    // The bytes are not UTF-8: the key can be shown, but not used.
    return text;
  }
}
