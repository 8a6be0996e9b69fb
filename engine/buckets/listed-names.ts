import { ListObjectsV2Command, type ListObjectsV2CommandOutput } from "@aws-sdk/client-s3";
import type { Bucket } from "./bucket-client.ts";

type Decode = (name: string) => string;

const asItIs: Decode = (name) => name;

/** What was found out of services that do not say how they write names. */
const found = new WeakMap<Bucket["client"], Decode>();

/** How a reply writes names, as far as it says so or it was found out; as they are otherwise. */
export function decoderFor(
  { client }: Bucket,
  { EncodingType }: Pick<ListObjectsV2CommandOutput, "EncodingType">,
): Decode {
  return EncodingType === "url" ? decoded : (found.get(client) ?? asItIs);
}

/** Names as an encoder leaves them, one of which is another name when it is decoded. */
const ENCODED = /^[\w.~!*'()/%+:@&=$,;-]*$/;
const AMBIGUOUS = /%[\da-f]{2}|\+/i;

/**
 * How a page writes names. Of the services that do not say it, some encode all the same and some do not: where
 * that makes a difference, an object is asked for by the name as it stands there, once a service.
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

/** Whether anything begins with these letters. */
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
    // Bytes that are no UTF-8: the key can be seen, though not named.
    return text;
  }
}
