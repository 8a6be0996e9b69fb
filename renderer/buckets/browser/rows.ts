import type { ListPage, ListQuery } from "../../../engine/contract/buckets.ts";

/** A folder or an object, as one row of the list. */
export interface Row {
  readonly kind: "folder" | "object";
  /** The whole key; a folder's key ends with a slash. */
  readonly key: string;
  /** The part of the key below the folder that is shown. */
  readonly name: string;
  readonly bytes?: number | undefined;
  readonly modifiedAt?: string | undefined;
}

/** The rows of all pages read so far, folders first. */
export function rowsOf(pages: readonly ListPage[]): readonly Row[] {
  const folders = pages.flatMap((page) => page.folders);
  const objects = pages.flatMap((page) => page.objects);
  return [
    ...folders.map(({ prefix, name }): Row => ({ kind: "folder", key: prefix, name })),
    ...objects.map(({ key, name, bytes, modifiedAt }): Row => ({
      kind: "object",
      key,
      name,
      bytes,
      modifiedAt,
    })),
  ];
}

export const COLUMNS = ["name", "bytes", "modifiedAt"] as const;
export type Column = (typeof COLUMNS)[number];

/** How the studio orders the rows. */
export type Sort = Required<Pick<ListQuery, "sortBy" | "isDescending">>;

export const BY_NAME: Sort = { sortBy: "name", isDescending: false };

/** The sorting after a click on a column's header; a click on the current column reverses it. */
export function pressed(sort: Sort, sortBy: Column): Sort {
  if (sort.sortBy === sortBy) return { sortBy, isDescending: !sort.isDescending };
  // People usually look for the largest and the newest.
  return { sortBy, isDescending: sortBy !== "name" };
}

/** A key's text for display: each control character becomes the replacement character. */
export function printable(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, "\ufffd");
}

/** The last part of a key, which is its name in its folder. */
export function lastNameOf(key: string): string {
  return printable(key.slice(folderOf(key).length).replace(/(?<=.)\/$/, ""));
}

/** The folder of a key: everything up to the slash before its last part. */
export function folderOf(key: string): string {
  return key.slice(0, key.lastIndexOf("/", key.length - 2) + 1);
}

/** The folders that lead to `prefix`, outermost first. */
export function waysTo(prefix: string): readonly { key: string; name: string }[] {
  return [...prefix.matchAll(/[^/]*\//g)].map(({ 0: part, index }) => ({
    key: prefix.slice(0, index + part.length),
    name: printable(part.slice(0, -1)),
  }));
}

export type FileKind = "folder" | "archive" | "weights" | "text" | "picture" | "packed" | "file";

const KINDS: readonly (readonly [RegExp, FileKind])[] = [
  [/\.mar$/i, "archive"],
  [/\.(?:safetensors|ckpt|bin|pt|pth|onnx)$/i, "weights"],
  [/\.(?:properties|ya?ml|json|cfg|toml|txt|md|csv|py)$/i, "text"],
  [/\.(?:png|jpe?g|webp|gif)$/i, "picture"],
  [/\.(?:zip|tgz|tar|gz|7z)$/i, "packed"],
];

/** A row's kind of file, judged by its name. */
export function fileKindOf({ kind, key }: Pick<Row, "kind" | "key">): FileKind {
  if (kind === "folder") return "folder";
  return KINDS.find(([pattern]) => pattern.test(key))?.[1] ?? "file";
}

/** Whether it may contain a model that can be imported. */
export function mayBeArchive({ kind, key }: Pick<Row, "kind" | "key">): boolean {
  return kind === "object" && /\.(?:mar|tar\.gz|tgz)$/i.test(key);
}
