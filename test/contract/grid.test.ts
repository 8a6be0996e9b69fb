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
    const { sizeBytes } = await client.gallery.get({ id });
    await client.generation.retry({ ids: rest });
    await Promise.all(rest.map((one) => studio.until(one, "done")));
    const size = () =>
      client.gallery.get({ id }).then(
        (image) => image.sizeBytes,
        () => 0,
      );
    await expect.poll(size, { timeout: 30_000 }).toBeGreaterThan(sizeBytes);
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
