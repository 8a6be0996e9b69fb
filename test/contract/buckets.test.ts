import { describe, expect, test } from "vitest";
import { KEYS } from "../fakes/open-buckets.ts";
import { refusal } from "../fakes/refusal.ts";
import { listXml, sendError, sendXml } from "../fakes/s3-replies.ts";
import { standInEndpoint } from "../fakes/stand-in-endpoint.ts";
import { Listener, StudioUnderTest } from "./studio-under-test.ts";
import { TRANSPORTS } from "./transports.ts";

describe.each(TRANSPORTS)("buckets, $name", (transport) => {
  const studio = StudioUnderTest.over(transport);

  test("a connection is made, changed, tested and removed, and every change is reported without its keys", async () => {
    const service = await standInEndpoint((response, { method }) => {
      if (method === "GET") sendXml(response, listXml({ keys: ["nul\u0000", "sd/../x"] }));
      else sendError(response, 403, "AccessDenied");
    });
    const listener = await Listener.at(studio.client);
    const { buckets } = studio.client;
    const made = await buckets.connect({ ...KEYS, endpoint: service.url, bucket: "toys" });
    expect(made).toMatchObject({ name: "toys", hasKeys: true, pathStyle: "auto" });
    const { id } = made;
    const page = await buckets.list({ connectionId: id });
    expect(page.objects.map(({ key }) => key)).toEqual(["nul\u0000", "sd/../x"]);
    expect(await buckets.test({ id })).toMatchObject({ state: "ready", canWrite: false });
    const { url } = await buckets.link({ connectionId: id, key: "nul\u0000", seconds: 60 });
    expect(url).toContain("X-Amz-Expires=60");
    await expect(buckets.link({ connectionId: id, key: "sd/../x" })).rejects.toEqual(
      refusal("REQUEST_INVALID"),
    );
    await buckets.change({ id, name: "renamed" });
    await listener.until(
      (event) => event.type === "connections-changed" && event.connections[0]?.name === "renamed",
    );
    await expect(buckets.restore({ undo: "gone" })).rejects.toEqual(refusal("NOT_FOUND"));
    await buckets.disconnect({ id });
    await listener.until(({ type }) => type === "connections-removed");
    expect(await buckets.connections()).toEqual([]);
    listener.leave();
    expect(JSON.stringify([made, listener.events])).not.toMatch(/canary/);
  });

  test("a Secret becomes a connection; an invalid one is reported", async () => {
    const { buckets } = studio.client;
    const data = { AWS_ACCESS_KEY_ID: "a", AWS_SECRET_ACCESS_KEY: KEYS.secretKey };
    const yaml = JSON.stringify({ stringData: { ...data, AWS_S3_ENDPOINT: "minio.example" } });
    const made = await buckets.importFrom({ source: { kind: "secret", yaml }, name: "mine" });
    expect(made).toMatchObject({ name: "mine", endpoint: "https://minio.example" });
    await expect(buckets.list({ connectionId: made.id })).rejects.toEqual(
      refusal("BUCKET_NOT_CHOSEN"),
    );
    await expect(buckets.create({ connectionId: made.id, bucket: "sd" })).rejects.toEqual(
      refusal("BUCKET_NAME_INVALID"),
    );
    await expect(
      buckets.importFrom({ source: { kind: "secret", yaml: "kind: Pod" } }),
    ).rejects.toEqual(refusal("CONNECTION_UNREADABLE"));
    await buckets.disconnect({ id: made.id });
  });
});
