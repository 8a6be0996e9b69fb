import { describe, expect, test } from "vitest";
import { QUICK, StudioUnderTest } from "./studio-under-test.ts";
import { TRANSPORTS } from "./transports.ts";

describe.each(TRANSPORTS)("grids, $name", (transport) => {
  const studio = StudioUnderTest.over(transport);
  const grid = {
    x: { setting: "steps", values: ["1", "2"] },
    y: { setting: "prompt", values: ["fish", "boat"] },
  } as const;
  const asked = {
    request: { ...QUICK, prompt: "a fish" },
    grid: {
      x: { ...grid.x, values: [...grid.x.values] },
      y: { ...grid.y, values: [...grid.y.values] },
    },
  };
  const sheets = async () => {
    const { days } = await studio.client.gallery.names({ search: "fish" });
    return days.flatMap(({ ids }) => ids).filter((id) => id.startsWith("grid-"));
  };

  test("a grid is drawn with one seed, and its sheet is stored beside its pictures", async () => {
    const { client } = studio;
    expect((await client.generation.estimateGrid(asked)).cells).toBe(4);
    const { generationIds } = await client.generation.enqueueGrid(asked);
    const all = await Promise.all(generationIds.map((id) => studio.until(id, "done")));
    expect(new Set(all.map(({ order }) => order.seed)).size).toBe(1);
    expect(
      all.map(({ order }) => [order.prompt, order.steps, order.grid?.column, order.grid?.row]),
    ).toEqual([
      ["a fish", 1, 0, 0],
      ["a fish", 2, 1, 0],
      ["a boat", 1, 0, 1],
      ["a boat", 2, 1, 1],
    ]);
    await expect.poll(sheets, { timeout: 30_000 }).toHaveLength(1);
    const [id = ""] = await sheets();
    const { record } = await client.gallery.get({ id });
    expect(record.grid).toMatchObject(grid);
    expect(record.width).toBeGreaterThan(2 * 128);
  });

  test("a cancelled grid has a sheet of its finished pictures, and the complete one after it is resumed", async () => {
    const { client } = studio;
    const before = await sheets();
    await client.queue.pause();
    const { generationIds } = await client.generation.enqueueGrid(asked);
    const [first = "", ...rest] = generationIds;
    await client.generation.cancel({ ids: rest });
    await client.queue.resume();
    await studio.until(first, "done");
    await expect.poll(sheets, { timeout: 30_000 }).toHaveLength(before.length + 1);
    const id = (await sheets()).find((one) => !before.includes(one)) ?? "";
    const ids = [id];
    const marks = { rating: 4, tags: ["kept"] };
    await client.gallery.star({ ids, isStarred: true });
    await client.gallery.mark({ ids, rating: marks.rating, tag: marks.tags });
    await client.gallery.makeAlbum({ name: "Grids" });
    await client.gallery.addToAlbum({ name: "Grids", ids });
    const cover = async () => {
      const { albums } = await client.gallery.facets();
      return albums.find(({ name }) => name === "Grids")?.cover?.thumbnail;
    };
    const coverBefore = await cover();
    const { sizeBytes, address, createdAt, fileName } = await client.gallery.get({ id });
    await client.generation.retry({ ids: rest });
    await Promise.all(rest.map((one) => studio.until(one, "done")));
    const size = () =>
      client.gallery.get({ id }).then(
        (image) => image.sizeBytes,
        () => 0,
      );
    await expect.poll(size, { timeout: 30_000 }).toBeGreaterThan(sizeBytes);
    const redrawn = await client.gallery.get({ id });
    expect(redrawn).toMatchObject({
      ...marks,
      albums: ["Grids"],
      isStarred: true,
      isTrashed: false,
      createdAt,
      fileName,
      record: { createdAt },
    });
    // Browsers keep what they fetched from an address.
    expect(redrawn.address).not.toBe(address);
    // A signature may be made anew for every answer, so the version decides.
    expect(versionOf(await cover())).toBe(String(redrawn.sizeBytes));
    expect(versionOf(coverBefore)).toBe(String(sizeBytes));
  });

  test("a sheet in the trash is drawn again there, and one that was deleted is not, even after a restart", async () => {
    const { client } = studio;
    const before = await sheets();
    await client.queue.pause();
    const { generationIds } = await client.generation.enqueueGrid(asked);
    const [first = "", second = "", third = "", last = ""] = generationIds;
    await client.generation.cancel({ ids: [second, third, last] });
    await client.queue.resume();
    await expect.poll(sheets, { timeout: 30_000 }).toHaveLength(before.length + 1);
    const id = (await sheets()).find((one) => !before.includes(one)) ?? "";
    await client.gallery.trash({ ids: [id] });
    const { sizeBytes } = await client.gallery.get({ id });
    await client.generation.retry({ ids: [second] });
    const trashed = () => client.gallery.get({ id });
    await expect
      .poll(async () => (await trashed()).sizeBytes, { timeout: 30_000 })
      .toBeGreaterThan(sizeBytes);
    expect((await trashed()).isTrashed).toBe(true);
    await client.gallery.emptyTrash({ ids: [id] });
    await client.generation.retry({ ids: [third] });
    await studio.until(third, "done");
    await studio.close();
    await studio.open();
    expect((await studio.client.generation.get({ id: first })).state).toBe("done");
    // Sheets are drawn one after another: after this one, the other would be there.
    await studio.client.generation.enqueueGrid(asked);
    await expect.poll(sheets, { timeout: 30_000 }).toHaveLength(before.length + 1);
    expect(await sheets()).not.toContain(id);
  });

  test.each([
    [{ x: { setting: "steps", values: ["0"] } }, "0"],
    [{ x: { setting: "prompt", values: ["bird", "dog"] } }, "bird"],
    [
      { x: { setting: "seed", values: Array.from({ length: 60 }, (_, i) => `${i}`) }, y: grid.y },
      "120",
    ],
  ] as const)("%j is refused before anything is queued", async ({ x, ...rest }, value) => {
    const y = "y" in rest ? { y: { ...rest.y, values: [...rest.y.values] } } : {};
    const refused = studio.client.generation.enqueueGrid({
      ...asked,
      grid: { x: { ...x, values: [...x.values] }, ...y },
    });
    await expect(refused).rejects.toMatchObject({
      code: "REQUEST_INVALID",
      message: expect.stringContaining(value),
    });
  });
});

/** The version in a picture's address. */
function versionOf(address = ""): string | null {
  return new URL(address, "http://studio").searchParams.get("version");
}
