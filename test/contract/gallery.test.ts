import { describe, expect, test } from "vitest";
import { pixels } from "../../engine/image/pixels.ts";
import { encodePng } from "../../engine/image/png/png.ts";
import { refusal } from "../fakes/refusal.ts";
import { Listener, QUICK, StudioUnderTest } from "./studio-under-test.ts";
import { TRANSPORTS } from "./transports.ts";

describe.each(TRANSPORTS)("gallery, $name", (transport) => {
  const studio = StudioUnderTest.over(transport);

  /** Ids of the matching pictures, newest first. */
  async function found(query: object): Promise<string[]> {
    const { days } = await studio.client.gallery.names(query);
    return days.flatMap(({ ids }) => ids);
  }

  test("the name of a picture's file is previewed as it would be written", async () => {
    const picture = { prompt: 'Two "purple" fish, 4K', seed: "7", width: 64, height: 32 };
    const named = (pattern: string) =>
      studio.client.gallery.nameFor({ pattern, model: "Starter", ...picture });
    expect(await named("{model}/{prompt}-{seed}")).toEqual({
      name: "starter/two-purple-fish-4k-7.png",
    });
    expect(await named("../con?.png")).toEqual({ name: "_con.png" });
    expect(await named("{width}x{height} {other}")).toEqual({ name: "64x32 {other}.png" });
  });

  test("pictures are found by words, sizes and models", async () => {
    const requests = [
      { ...QUICK, prompt: "two purple fish" },
      { ...QUICK, prompt: "a red ball", negativePrompt: "fishbowl", width: 72 },
    ];
    const images: string[] = [];
    for (const request of requests) {
      const { generationIds } = await studio.client.generation.enqueue(request);
      const { imageId = "" } = await studio.until(generationIds[0] ?? "", "done");
      images.push(imageId);
    }
    const [fish = "", ball = ""] = images;
    expect({
      all: await found({}),
      word: await found({ search: "purple" }),
      unfinished: await found({ search: "fish" }),
      size: await found({ size: { width: 72, height: 64 } }),
      nothing: await found({ search: "whale" }),
    }).toEqual({
      all: [ball, fish],
      word: [fish],
      unfinished: [ball, fish],
      size: [ball],
      nothing: [],
    });
    const newest = async (search: string, limit: number) =>
      (await studio.client.gallery.find({ search, limit })).map(({ id }) => id);
    expect([await newest("fish", 9), await newest("fish", 1), await newest("whale", 9)]).toEqual([
      [ball, fish],
      [ball],
      [],
    ]);
    expect(await studio.client.gallery.facets()).toMatchObject({
      models: [{ name: "starter", count: 2 }],
      targets: [{ name: "local", count: 2 }],
      total: 2,
    });
  });

  test("details come in the requested order, with addresses that show the pictures", async () => {
    const [ball = "", fish = ""] = await found({});
    const images = await studio.client.gallery.details({ ids: [fish, "gone", ball] });
    expect(images.map(({ id, record: { prompt } }) => [id, prompt])).toEqual([
      [fish, "two purple fish"],
      [ball, "a red ball"],
    ]);
    const [png, webp] = [
      await studio.picture(images[0]!.address),
      await studio.picture(images[0]!.thumbnail),
    ];
    expect([
      Buffer.from(png).toString("latin1", 1, 4),
      Buffer.from(webp).toString("latin1", 8, 12),
    ]).toEqual(["PNG", "WEBP"]);
    expect(png.length).toBe(images[0]!.sizeBytes);
  });

  test("ratings, tags and albums are reported, found and counted", async () => {
    const [ball = "", fish = ""] = await found({});
    const { gallery } = studio.client;
    const listener = await Listener.at(studio.client);
    await gallery.mark({ ids: [ball], rating: 4, tag: ["  round "] });
    const event = await listener.until(({ type }) => type === "images-changed");
    expect(event).toMatchObject({ images: [{ id: ball, rating: 4, tags: ["round"], albums: [] }] });
    await gallery.makeAlbum({ name: "Best" });
    await listener.until(({ type }) => type === "albums-changed");
    await gallery.addToAlbum({ name: "Best", ids: [ball, fish] });
    const { tags, albums } = await gallery.facets();
    expect([tags, albums]).toMatchObject([
      [{ name: "round", count: 1 }],
      [{ name: "Best", count: 2, cover: { id: ball } }],
    ]);
    expect(await found({ search: "album:best rating:>=4 tag:round" })).toEqual([ball]);
    await expect(gallery.makeAlbum({ name: "best" })).rejects.toEqual(refusal("ALBUM_EXISTS"));
    expect(await gallery.deleteAlbum({ name: "Best" })).toEqual({
      name: "Best",
      place: 0,
      cover: null,
      ids: expect.arrayContaining([ball, fish]),
    });
  });

  test("pictures are exported as a ZIP, by ids or by a search", async () => {
    const [ball = ""] = await found({});
    const one = await studio.client.gallery.export({ ids: [ball] });
    const all = await studio.client.gallery.export({ query: { search: "size:64x64" } });
    expect([one.count, all.count]).toEqual([1, 1]);
    const zip = Buffer.from(await studio.picture(one.address));
    expect(zip.toString("latin1", 0, 4)).toBe("PK\u0003\u0004");
    expect(zip.toString("latin1")).toContain("pictures.csv");
  });

  test("a picture file is imported once, with its file's date, and reported", async () => {
    const png = encodePng(pixels(2, 2, new Uint8Array(12)));
    const file = new File([Buffer.from(png)], "holiday.png");
    const listener = await Listener.at(studio.client);
    const modifiedAt = "2025-05-05T12:00:00.000Z";
    const { id, isNew } = await studio.client.gallery.import({ file, modifiedAt });
    const event = await listener.until(({ type }) => type === "images-changed");
    listener.leave();
    const image = { id, createdAt: modifiedAt, target: "elsewhere", fileName: "holiday.png" };
    expect([isNew, event]).toMatchObject([true, { images: [image] }]);
    expect(await studio.client.gallery.import({ file })).toEqual({ id, isNew: false });
    const text = new File(["no picture"], "notes.txt");
    await expect(studio.client.gallery.import({ file: text })).rejects.toThrow(
      refusal("IMAGE_UNREADABLE"),
    );
    await studio.client.gallery.trash({ ids: [id] });
    await studio.client.gallery.emptyTrash({});
  });

  test("stars are reported and kept", async () => {
    const [ball = ""] = await found({});
    const listener = await Listener.at(studio.client);
    await studio.client.gallery.star({ ids: [ball], isStarred: true });
    const event = await listener.until(({ type }) => type === "images-changed");
    listener.leave();
    expect(event).toMatchObject({ images: [{ id: ball, isStarred: true }] });
    expect(await found({ isStarred: true })).toEqual([ball]);
  });

  test("the trash restores pictures until it is emptied", async () => {
    const [ball = "", fish = ""] = await found({});
    await studio.client.gallery.trash({ ids: [ball, fish] });
    expect([await found({}), await found({ isTrashed: true })]).toEqual([[], [ball, fish]]);
    await studio.client.gallery.restore({ ids: [fish] });
    await studio.client.gallery.emptyTrash({});
    expect([await found({}), await found({ isTrashed: true })]).toEqual([[fish], []]);
    await expect(studio.client.gallery.get({ id: ball })).rejects.toThrow(
      refusal("NOT_FOUND", { what: "picture", id: ball }),
    );
  });

  test("the index is rebuilt from the pictures alone", async () => {
    const [fish = ""] = await found({});
    const before = await studio.client.gallery.get({ id: fish });
    const listener = await Listener.at(studio.client);
    await studio.client.gallery.rebuild();
    await listener.until((event) => event.type === "rebuild-progress" && event.isFinished);
    listener.leave();
    const { address: _, thumbnail: __, ...after } = await studio.client.gallery.get({ id: fish });
    expect(before).toMatchObject(after);
  });
});
