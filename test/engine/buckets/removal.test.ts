import { expect, test } from "vitest";
import { connecting, openBuckets } from "../../fakes/open-buckets.ts";
import { refusal } from "../../fakes/refusal.ts";
import { listXml, sendError, sendXml } from "../../fakes/s3-replies.ts";
import { standInEndpoint, type Answer, type SeenRequest } from "../../fakes/stand-in-endpoint.ts";

const keysIn = ({ body }: SeenRequest): string[] =>
  [...body.matchAll(/<Key>(.*?)<\/Key>/gs)].map(([, key = ""]) => key);

/** Deletes what is requested, with delete markers if it keeps versions. */
function deleting({ isVersioned = false, refuses = "" } = {}): Answer {
  return (response, request) => {
    const { method, path } = request;
    if (method === "GET")
      return sendXml(response, listXml({ keys: ["sd/a", "sd/b", "sd/nul\u0000"] }));
    if (method === "DELETE") {
      const marker = { "x-amz-delete-marker": "true", "x-amz-version-id": "marker" };
      return response
        .writeHead(204, isVersioned && !path.includes("versionId") ? marker : {})
        .end();
    }
    const rows = keysIn(request).map((key) => {
      if (key === refuses) return `<Error><Key>${key}</Key><Code>AccessDenied</Code></Error>`;
      const marker = isVersioned
        ? `<DeleteMarker>true</DeleteMarker><DeleteMarkerVersionId>of ${key}</DeleteMarkerVersionId>`
        : "";
      return `<Deleted><Key>${key}</Key>${marker}</Deleted>`;
    });
    return sendXml(response, `<DeleteResult>${rows.join("")}</DeleteResult>`);
  };
}

async function open(answer: Answer) {
  const service = await standInEndpoint(answer);
  const { connections, buckets } = await openBuckets();
  const { id } = await connections.connect(connecting(service.url));
  const remove = (keys: string[], prefixes: string[] = []) =>
    buckets.remove({ connectionId: id, keys, prefixes });
  return { service, buckets, remove };
}

test("without versions, a deletion is final and no undo is offered", async () => {
  const { remove, service } = await open(deleting());
  expect(await remove(["a", "b"])).toEqual({ count: 2, failures: [], failureCount: 0 });
  expect(service.seen.map(keysIn)).toEqual([["a", "b"]]);
});

test("a deletion in a bucket with versions is undone by removing its marker", async () => {
  const { remove, service, buckets } = await open(deleting({ isVersioned: true }));
  const { undo, count } = await remove(["a", "b"]);
  expect(count).toBe(2);
  await buckets.undo(undo!);
  expect(service.seen.at(-1)?.body).toContain("<VersionId>of a</VersionId>");
  await expect(buckets.undo(undo!)).rejects.toEqual(refusal("NOT_FOUND"));
});

test("a folder is deleted with everything in it; keys that XML cannot contain are deleted by address", async () => {
  const { remove, service } = await open(deleting({ isVersioned: true }));
  expect(await remove([], ["sd/"])).toMatchObject({ count: 3, undo: expect.any(String) });
  const [, together, alone] = service.seen;
  expect(keysIn(together!)).toEqual(["sd/a", "sd/b"]);
  expect(alone).toMatchObject({ method: "DELETE", path: "/toys/sd/nul%00?x-id=DeleteObject" });
});

test("what stays is reported with its reason", async () => {
  const { remove } = await open(deleting({ refuses: "b" }));
  expect(await remove(["a", "b"])).toMatchObject({
    count: 1,
    failureCount: 1,
    failures: [{ key: "b", error: { code: "BUCKET_DENIED" } }],
  });
});

test("a service that cannot delete several at once is asked one by one", async () => {
  const { remove, service } = await open((response, { method }) => {
    if (method === "POST") sendError(response, 501, "NotImplemented");
    else response.writeHead(204).end();
  });
  expect(await remove(["a", "b", "c"])).toMatchObject({ count: 3, failureCount: 0 });
  expect(service.seen.filter(({ method }) => method === "DELETE")).toHaveLength(3);
});
