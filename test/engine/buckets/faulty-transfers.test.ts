import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { downloadObject } from "../../../engine/buckets/download.ts";
import { TransferJournal } from "../../../engine/buckets/transfer-journal.ts";
import { uploadObject } from "../../../engine/buckets/upload.ts";
import { certificate } from "../../fakes/certificates.ts";
import { fakeConnection } from "../../fakes/fake-connection.ts";
import { refusal } from "../../fakes/refusal.ts";
import type { S3Request, S3ServerOptions, Trouble } from "../../fakes/s3/s3-server.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

const PART = 1 << 18;
const CONTENT = randomBytes(5 * PART + 17);

const isPart =
  (number: number) =>
  ({ method, query }: S3Request): boolean =>
    method === "PUT" && query.get("partNumber") === String(number);
const isComplete = ({ method, query }: S3Request): boolean =>
  method === "POST" && query.has("uploadId");
const isGet = ({ method, key }: S3Request): boolean => method === "GET" && key !== "";

/** Breaks the connection a number of times, each after this many further bytes of bodies. */
function breaking(times: number, afterBytes: number): S3ServerOptions {
  let [left, received] = [times, 0];
  return {
    onPiece: (bytes) => {
      received += bytes;
      if (left === 0 || received < afterBytes) return;
      [left, received] = [left - 1, 0];
      throw new Error("the line breaks");
    },
  };
}

interface Fault {
  readonly name: string;
  readonly service?: S3ServerOptions;
  readonly troubles?: readonly Trouble[];
}

async function openTrial({ service = {}, troubles = [] }: Omit<Fault, "name">) {
  const fake = await fakeConnection(service);
  fake.server.troubles.push(...troubles.map((trouble) => ({ ...trouble })));
  const folder = temporaryFolder();
  const { signal } = new AbortController();
  const { connections, connectionId } = fake;
  const upload = async (): Promise<void> =>
    uploadObject(await connections.bucket({ connectionId }), {
      key: "model.mar",
      source: {
        name: "model.mar",
        sizeBytes: CONTENT.length,
        identity: "one",
        open: async function* (offset) {
          yield CONTENT.subarray(offset);
        },
      },
      partBytes: PART,
      journal: await TransferJournal.open(folder, "one"),
      signal,
      onBytes: () => {},
    });
  const download = async (): Promise<Buffer> => {
    const out = join(folder, "out");
    await downloadObject(await connections.bucket({ connectionId }), {
      key: "model.mar",
      out,
      force: true,
      signal,
      onBytes: () => {},
    });
    return readFile(out);
  };
  return { ...fake, upload, download };
}

const busy = (code: string, status: number) => ({ kind: "refuse", status, code }) as const;

test.each<Fault>([
  { name: "the line breaks in the middle of parts", service: breaking(3, PART + 1000) },
  {
    name: "the line breaks where a part has arrived",
    troubles: [{ hits: isPart(2), times: 2, does: { kind: "reset" } }],
  },
  {
    name: "a part fails more often than the SDK tries it",
    troubles: [{ hits: isPart(4), times: 4, does: busy("InternalError", 500) }],
  },
  {
    name: "the service asks to slow down",
    troubles: [{ hits: isPart(1), times: 2, does: busy("SlowDown", 503) }],
  },
  {
    name: "a part is answered with an error under a status of 200",
    troubles: [
      { hits: isPart(3), times: 2, does: { kind: "refuse in 200", code: "InternalError" } },
    ],
  },
  {
    name: "completing it is an error under a status of 200",
    troubles: [
      { hits: isComplete, times: 2, does: { kind: "refuse in 200", code: "InternalError" } },
    ],
  },
  {
    name: "the reply that it is complete is lost",
    troubles: [{ hits: isComplete, times: 1, does: { kind: "cut", afterBytes: 10 } }],
  },
  { name: "the service's clock is three hours ahead", service: { skewMs: 3 * 3_600_000 } },
  { name: "the service's clock is three hours behind", service: { skewMs: -3 * 3_600_000 } },
  { name: "the bucket is in another region", service: { region: "eu-west-3" } },
])("an upload arrives completely although $name", async (fault) => {
  const { upload, download, kept } = await openTrial(fault);
  await upload();
  expect(kept.get("model.mar").bytes.equals(CONTENT)).toBe(true);
  expect(kept.uploads.size).toBe(0);
  expect((await download()).equals(CONTENT)).toBe(true);
});

test.each<Fault>([
  {
    name: "the line breaks again and again",
    troubles: [{ hits: isGet, times: 4, does: { kind: "cut", afterBytes: PART } }],
  },
  {
    name: "the line breaks before anything comes",
    troubles: [{ hits: isGet, times: 2, does: { kind: "reset" } }],
  },
  {
    name: "it fails more often than the SDK tries it",
    troubles: [{ hits: isGet, times: 4, does: busy("InternalError", 500) }],
  },
])("a download arrives completely although $name", async (fault) => {
  const { kept, download } = await openTrial(fault);
  kept.put("model.mar", { bytes: CONTENT });
  expect((await download()).equals(CONTENT)).toBe(true);
});

test.each<Fault & { readonly code: Parameters<typeof refusal>[0] }>([
  {
    name: "a part is kept with another byte",
    troubles: [{ hits: isPart(3), times: 1, does: { kind: "corrupt" } }],
    code: "OBJECT_DIFFERS",
  },
  {
    name: "the keys are refused for one part",
    troubles: [{ hits: isPart(5), times: 1, does: busy("AccessDenied", 403) }],
    code: "BUCKET_DENIED",
  },
])("an upload is refused if $name, and arrives when it is tried again", async (fault) => {
  const { upload, kept } = await openTrial(fault);
  await expect(upload()).rejects.toEqual(refusal(fault.code));
  expect(kept.keys()).toEqual([]);
  await upload();
  expect(kept.get("model.mar").bytes.equals(CONTENT)).toBe(true);
  expect(kept.uploads.size).toBe(0);
});

test.each([301, 307])("a transfer is not redirected to another host (%i)", async (status) => {
  const stranger = await fakeConnection();
  const to = `${stranger.server.origin}/toys/model.mar`;
  const isAny = ({ key }: S3Request): boolean => key === "model.mar";
  const { upload, download } = await openTrial({
    troubles: [{ hits: isAny, times: 2, does: { kind: "redirect", to, status } }],
  });
  for (const work of [upload, download]) {
    await expect(work()).rejects.toEqual(refusal("BUCKET_MOVED"));
  }
  expect(stranger.server.requests).toEqual([]);
});

test("over TLS nothing is sent before the certificate is trusted, and then everything", async () => {
  const authority = await certificate({ name: "an authority", isAuthority: true });
  const tls = await certificate({ by: authority });
  const { upload, download, server, connections, connectionId } = await openTrial({
    service: { tls },
  });
  for (const work of [upload, download]) {
    await expect(work()).rejects.toEqual(refusal("BUCKET_CERTIFICATE"));
  }
  expect(server.requests).toEqual([]);
  await connections.change({ id: connectionId, ca: authority.cert });
  await upload();
  expect((await download()).equals(CONTENT)).toBe(true);
});
