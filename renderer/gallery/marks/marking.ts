import type { Image } from "../../../engine/contract/gallery.ts";
import type { Marks } from "../../../engine/contract/gallery-marks.ts";
import type { StudioClient } from "../../../engine/contract/studio-client.ts";
import { inParts } from "../../picture/in-parts.ts";

export type LabelKind = "tags" | "albums";

/** Undoes a change. */
export type Undo = () => Promise<void>;

/** The names to add to all pictures, and those to remove from all. */
export interface LabelChange {
  readonly add: readonly string[];
  readonly remove: readonly string[];
}

export async function detailsOf(client: StudioClient, ids: readonly string[]): Promise<Image[]> {
  const images: Image[] = [];
  await inParts(ids, async (part) => images.push(...(await client.gallery.details({ ids: part }))));
  return images;
}

/** Rates pictures; undo restores each picture's previous rating. */
export async function rate(
  client: StudioClient,
  ids: readonly string[],
  rating: number,
): Promise<Undo> {
  const before = Object.groupBy(await detailsOf(client, ids), (image) => String(image.rating));
  const put = (some: readonly string[], value: number) =>
    inParts(some, (part) => client.gallery.mark({ ids: part, rating: value }));
  await put(ids, rating);
  return async () => {
    for (const [value, images = []] of Object.entries(before))
      await put(idsOf(images), Number(value));
  };
}

/** The calls that add a name to pictures, or remove it. */
interface Labelling {
  readonly give: (name: string, ids: string[]) => Promise<unknown>;
  readonly take: (name: string, ids: string[]) => Promise<unknown>;
}

export function labelling({ gallery }: StudioClient, kind: LabelKind): Labelling {
  if (kind === "tags")
    return {
      give: (name, ids) => gallery.mark({ ids, tag: [name] }),
      take: (name, ids) => gallery.mark({ ids, untag: [name] }),
    };
  return {
    give: (name, ids) => gallery.addToAlbum({ name, ids }),
    take: (name, ids) => gallery.takeFromAlbum({ name, ids }),
  };
}

/** Adds and removes tags or albums; undo reverts only what actually changed. */
export async function relabel(
  { give, take }: Labelling,
  images: readonly (Pick<Image, "id"> & { readonly labels: readonly string[] })[],
  { add, remove }: LabelChange,
): Promise<Undo> {
  const having = (name: string, isOn: boolean) =>
    idsOf(images.filter(({ labels }) => labels.some((one) => isSame(one, name)) === isOn));
  const added = add.map((name) => [name, having(name, false)] as const);
  const removed = remove.map((name) => [name, having(name, true)] as const);
  const each = async (
    of: typeof added,
    work: (name: string, ids: string[]) => Promise<unknown>,
  ) => {
    for (const [name, ids] of of) await inParts(ids, (part) => work(name, part));
  };
  await each(removed, take);
  await each(added, give);
  return async () => {
    await each(added, take);
    await each(removed, give);
  };
}

/** How many of the pictures have a name: all, some or none. */
export function shareOf(images: readonly Marks[], kind: LabelKind, name: string) {
  const count = images.filter((marks) => marks[kind].some((one) => isSame(one, name))).length;
  if (count === 0) return "none";
  return count === images.length ? "all" : "some";
}

/** The names that all of the pictures have; none while one of them has not been read. */
export function sharedLabels(
  [first, ...others]: readonly (Marks | undefined)[],
  kind: LabelKind,
): readonly string[] {
  if (first === undefined) return [];
  const isShared = (name: string) =>
    others.every((marks) => marks?.[kind].some((one) => isSame(one, name)) === true);
  return first[kind].filter(isShared);
}

/** Compares names as the studio does: ASCII letters without case. */
export function isSame(one: string, other: string): boolean {
  return folded(one) === folded(other);
}

function folded(name: string): string {
  return name
    .normalize("NFC")
    .trim()
    .replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
}

function idsOf(images: readonly Pick<Image, "id">[]): string[] {
  return images.map(({ id }) => id);
}
