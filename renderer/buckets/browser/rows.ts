import type { ListPage, ListQuery } from "../../../engine/contract/buckets.ts";

/** A folder or an object, as one row of the list. */
export interface Row {
  readonly kind: "folder" | "object";
  /** The whole key; a folder's ends with a slash. */
  readonly key: string;
  /** The part below the folder that is shown. */
  readonly name: string;
  readonly bytes?: number | undefined;
  readonly modifiedAt?: string | undefined;
}

/** The rows of all pages that were read, folders first. */
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

/** The order after a press on a column's head: the other way round where it rules already. */
export function pressed(sort: Sort, sortBy: Column): Sort {
  if (sort.sortBy === sortBy) return { sortBy, isDescending: !sort.isDescending };
  // The largest and the newest are what is looked for.
  return { sortBy, isDescending: sortBy !== "name" };
}

/** Text of a key as it can be shown: each control character as the sign for what cannot be shown. */
export function printable(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, "\ufffd");
}

/** A key's last part, which is what it is called in its folder. */
export function lastNameOf(key: string): string {
  return printable(key.slice(folderOf(key).length).replace(/(?<=.)\/$/, ""));
}

/** The folder that a key lies in: everything up to the slash before its last part. */
export function folderOf(key: string): string {
  return key.slice(0, key.lastIndexOf("/", key.length - 2) + 1);
}

/** The folders on the way to `prefix`, the outermost first. */
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

/** What a row is, as far as its name tells. */
export function fileKindOf({ kind, key }: Pick<Row, "kind" | "key">): FileKind {
  if (kind === "folder") return "folder";
  return KINDS.find(([pattern]) => pattern.test(key))?.[1] ?? "file";
}

/** Whether it may hold a model that can be imported. */
export function mayBeArchive({ kind, key }: Pick<Row, "kind" | "key">): boolean {
  return kind === "object" && /\.(?:mar|tar\.gz|tgz)$/i.test(key);
}
