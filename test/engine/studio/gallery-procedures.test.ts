import { call } from "@orpc/server";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { imageSchema } from "../../../engine/contract/gallery.ts";
import type { StudioEvent } from "../../../engine/contract/events.ts";
import { EventLog } from "../../../engine/studio/event-log.ts";
import { galleryProcedures } from "../../../engine/studio/gallery-procedures.ts";
import { Exports } from "../../../engine/studio/exports.ts";
import { GalleryRebuild } from "../../../engine/studio/gallery-rebuild.ts";
import { openGallery, picture } from "../../fakes/gallery.ts";
import { refusal } from "../../fakes/refusal.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

/** Procedures over a real gallery of some pictures, and all events from then on. */
async function trial(count: number) {
  const folder = temporaryFolder();
  const gallery = await openGallery(folder);
  const ids: string[] = [];
  for (let seed = 0; seed < count; seed++) {
    ids.push((await gallery.add(picture({ seed: String(seed) }))).id);
  }
  const events = new EventLog(0);
  const told: StudioEvent[] = [];
  const publish = events.publish.bind(events);
  events.publish = (event) => {
    told.push(event);
    publish(event);
  };
  const errors: unknown[] = [];
  const rebuild = new GalleryRebuild(gallery, events, (error) => errors.push(error));
  const addressOf = (kind: string, id: string) => `/pictures/${kind}/${id}`;
  const procedures = galleryProcedures({
    gallery,
    exports: new Exports(),
    rebuild,
    addressOf,
    events,
    endpointCalled: (name) =>
      ["my cluster", "local"].includes(name.toLowerCase()) ? "cluster-1" : undefined,
  });
  return { folder, gallery, ids, told, errors, rebuild, procedures };
}

test("pictures have the addresses under which pages load them", async () => {
  const { gallery, ids, procedures } = await trial(2);
  const [id] = ids;
  const image = {
    ...(await gallery.get(id!)),
    address: `/pictures/image/${id}`,
    thumbnail: `/pictures/thumbnail/${id}`,
  };
  expect(imageSchema.parse(image)).toEqual(image);
  expect(await call(procedures.get, { id: id! })).toEqual(image);
  expect(await call(procedures.details, { ids: [id!, "gone"] })).toEqual([image]);
  expect(await call(procedures.names, {})).toEqual(gallery.names());
  expect(await call(procedures.facets, undefined)).toEqual(gallery.facets());
});

test("pictures are found by the name of the endpoint that drew them", async () => {
  const { gallery, procedures } = await trial(1);
  const { id } = await gallery.add({ ...picture({ seed: "7" }), target: "cluster-1" });
  const found = async (search: string) => {
    const { days } = await call(procedures.names, { search });
    return days.flatMap(({ ids }) => ids);
  };
  for (const search of ["target:cluster-1", 'target:"My cluster"', 'TARGET:"my CLUSTER" seed:7'])
    expect([search, await found(search)]).toEqual([search, [id]]);
  expect(await call(procedures.find, { search: 'target:"my cluster"', limit: 5 })).toMatchObject([
    { id },
  ]);
  expect(await found('target:"my clus"')).toEqual([]);
  // Even if an endpoint is called local.
  expect(await found("target:local")).not.toContain(id);
});

test("every change to pictures is reported, with their new state", async () => {
  const { ids, told, procedures } = await trial(3);
  const [one, two] = [ids[0]!, ids[1]!];
  await call(procedures.star, { ids: [one, "gone"], isStarred: true });
  await call(procedures.trash, { ids: [one, two] });
  await call(procedures.restore, { ids: [two] });
  await call(procedures.emptyTrash, {});
  const changed = (id: string, isStarred: boolean, isTrashed: boolean) =>
    expect.objectContaining({ id, isStarred, isTrashed, address: `/pictures/image/${id}` });
  expect(told).toEqual([
    { type: "images-changed", images: [changed(one, true, false)] },
    { type: "images-changed", images: [changed(one, true, true), changed(two, false, true)] },
    { type: "images-changed", images: [changed(two, false, false)] },
    { type: "images-removed", ids: [one] },
  ]);
});

test("nothing is reported about missing pictures", async () => {
  const { told, procedures } = await trial(0);
  await call(procedures.star, { ids: ["gone"], isStarred: true });
  await call(procedures.trash, { ids: ["gone"] });
  await call(procedures.emptyTrash, {});
  expect(told).toEqual([]);
});

test("if work is refused half way, what was done is reported", async () => {
  const { folder, ids, told, procedures } = await trial(2);
  // A folder that cannot be removed occupies the second picture's place in the trash.
  mkdirSync(join(folder, `trash/${ids[1]}.png/full`), { recursive: true });
  await expect(call(procedures.trash, { ids })).rejects.toThrow(refusal("OUTPUT_UNWRITABLE"));
  expect(told).toMatchObject([
    {
      type: "images-changed",
      images: [
        { id: ids[0], isTrashed: true },
        { id: ids[1], isTrashed: false },
      ],
    },
  ]);
});

test("a rebuild answers at once, reports its progress, and ends", async () => {
  const { folder, told, errors, rebuild, procedures } = await trial(2);
  rmSync(join(folder, "gallery"), { recursive: true });
  mkdirSync(join(folder, "gallery"));
  writeFileSync(join(folder, "gallery/a.png"), picture().png);
  expect(await call(procedures.rebuild, undefined)).toBeUndefined();
  await call(procedures.rebuild, undefined);
  await expect.poll(() => told.at(-1)).toMatchObject({ isFinished: true });
  expect(told).toEqual([
    { type: "rebuild-progress", done: 0, total: 1, isFinished: false },
    { type: "rebuild-progress", done: 1, total: 1, isFinished: false },
    { type: "rebuild-progress", done: 1, total: 1, isFinished: true },
  ]);
  await rebuild.close();
  expect(errors).toEqual([]);
});

test("a rebuild that closing the studio interrupts is not an error, and is requested again", async () => {
  const { gallery, told, errors, rebuild } = await trial(2);
  rebuild.start();
  await rebuild.close();
  await gallery.close();
  expect(errors).toEqual([]);
  expect(told.at(-1)).toMatchObject({ type: "rebuild-progress", isFinished: true });
});
