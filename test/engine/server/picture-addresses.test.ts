import { expect, test } from "vitest";
import { PictureAddresses, type SignedPicture } from "../../../engine/server/picture-addresses.ts";
import { openServer } from "../../fakes/open-server.ts";

function signed(address: string): SignedPicture {
  const { pathname, searchParams } = new URL(address, "http://studio");
  const [, , kind, id] = pathname.split("/");
  return {
    kind: kind as SignedPicture["kind"],
    id: id!,
    until: Number(searchParams.get("until")),
    signature: searchParams.get("signature")!,
  };
}

test("an address stays the same within an hour and is valid for at least one", () => {
  let now = 1_800_000_000_000;
  const addresses = new PictureAddresses(() => now);
  const first = addresses.of("image", "a1");
  now += 100_000;
  expect(addresses.of("image", "a1")).toBe(first);
  expect(addresses.check(signed(first))).toBeGreaterThanOrEqual(3600);
  now += 3_600_000;
  expect(addresses.of("image", "a1")).not.toBe(first);
});

test("an address expires after two hours at most", () => {
  let now = 1_800_000_000_000;
  const addresses = new PictureAddresses(() => now);
  const picture = signed(addresses.of("thumbnail", "a1"));
  now = picture.until * 1000 - 1;
  expect(addresses.check(picture)).toBe(1);
  now = picture.until * 1000;
  expect(() => addresses.check(picture)).toThrow(/expired/);
  expect(picture.until * 1000 - 1_800_000_000_000).toBeLessThanOrEqual(7_200_000);
});

test.each([
  [{ id: "a2" }],
  [{ kind: "thumbnail" as const }],
  [{ until: 2_000_000_000 }],
  [{ signature: "" }],
  [{ signature: "A".repeat(43) }],
])("a signature is not valid for %j", (change) => {
  const addresses = new PictureAddresses(() => 1_800_000_000_000);
  const picture = { ...signed(addresses.of("image", "a1")), ...change };
  expect(() => addresses.check(picture)).toThrow(/signature/);
});

test("another run's signature is not valid", () => {
  const picture = signed(new PictureAddresses().of("image", "a1"));
  expect(() => new PictureAddresses().check(picture)).toThrow(/signature/);
});

test("a forged, an expired and an unsigned address open no picture", async () => {
  let now = 1_800_000_000_000;
  const addresses = new PictureAddresses(() => now);
  const { origin, studio } = await openServer({ addresses });
  const good = addresses.of("image", "a1");
  const forged = good.replace("a1", "a2");
  const outcomes = await Promise.all(
    [
      good,
      forged,
      "/pictures/image/a1",
      "/pictures/image/a1?until=x&signature=y",
      "/pictures/secret/a1?until=1&signature=y",
      "/pictures/image/a1?until=1&until=2&signature=y",
    ].map((path) => fetch(origin + path).then(({ status }) => status)),
  );
  expect(outcomes).toEqual([200, 403, 403, 403, 403, 403]);
  now += 7_200_000;
  expect((await fetch(origin + good)).status).toBe(403);
  expect(studio.calls).toEqual(["picture a1"]);
});
