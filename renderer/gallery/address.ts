import { type GalleryQuery, galleryQuerySchema } from "../../engine/contract/gallery.ts";

/** The address's parameters that say which pictures are shown, and how each is read. */
const PARTS = {
  search: (value: string) => ({ search: value }),
  model: (value: string) => ({ model: value }),
  target: (value: string) => ({ target: value }),
  size: (value: string) => ({ size: sizeOf(value) }),
  from: (value: string) => ({ from: value }),
  to: (value: string) => ({ to: value }),
  starred: (value: string) => ({ isStarred: value === "true" ? true : undefined }),
  trash: (value: string) => ({ isTrashed: value === "true" ? true : undefined }),
  sort: (value: string) => ({ sort: value }),
} as const;

/** The query in an address; parameters that cannot be read filter nothing. */
export function readQuery(address: string): GalleryQuery {
  const asked = new URLSearchParams(address);
  const found = Object.entries(PARTS).map(([name, read]): GalleryQuery => {
    const value = asked.get(name);
    if (value === null || value === "") return {};
    return withoutDefaults(galleryQuerySchema.partial().safeParse(read(value)).data ?? {});
  });
  return Object.assign({}, ...found);
}

/** The same address with another query; its other parameters stay. */
export function writeQuery(address: string, query: GalleryQuery): string {
  const asked = new URLSearchParams(address);
  const { search, model, target, size, from, to, isStarred, isTrashed, sort } = query;
  const said: Record<keyof typeof PARTS, string | undefined> = {
    search,
    model,
    target,
    size: size && `${size.width}x${size.height}`,
    from,
    to,
    starred: isStarred === true ? "true" : undefined,
    trash: isTrashed === true ? "true" : undefined,
    sort: sort === "oldest" ? sort : undefined,
  };
  for (const [name, value] of Object.entries(said)) {
    if (value === undefined || value === "") asked.delete(name);
    else asked.set(name, value);
  }
  return asked.toString();
}

/** Whether the query hides any pictures. */
export function isNarrowed(query: GalleryQuery): boolean {
  return writeQuery("", query) !== writeQuery("", cleared(query));
}

/** The part of a query that stays when all filters are cleared. */
export function cleared({ sort, isTrashed }: GalleryQuery): GalleryQuery {
  return withoutDefaults({ sort, isTrashed });
}

/** Equal queries get the same form, so that each is requested once. */
function withoutDefaults({ sort, isTrashed, ...filters }: Loose): GalleryQuery {
  const given = Object.entries(filters).filter(([, value]) => value !== undefined);
  return {
    ...Object.fromEntries(given),
    ...(isTrashed === true && { isTrashed }),
    ...(sort === "oldest" && { sort }),
  };
}

type Loose = { readonly [Name in keyof GalleryQuery]?: GalleryQuery[Name] | undefined };

/** `768x512` */
function sizeOf(text: string): { width: number; height: number } | undefined {
  const [, width, height] = /^(\d{1,5})x(\d{1,5})$/.exec(text) ?? [];
  return width === undefined ? undefined : { width: Number(width), height: Number(height) };
}
