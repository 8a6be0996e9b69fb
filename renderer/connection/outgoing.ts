import { desktop } from "./desktop.ts";

export interface OutgoingFile {
  /** The file's name; in a folder, its path starting with the folder's name, with slashes. */
  readonly path: string;
  readonly file: File;
}

/** One file or folder that the user chose or dropped. */
export interface Outgoing {
  readonly name: string;
  readonly isFolder: boolean;
  readonly files: readonly OutgoingFile[];
  /** Its path on the studio's machine; only a desktop window knows it. */
  readonly machinePath?: string | undefined;
}

/** The files and folders of a drop. They are read synchronously: a drop is empty after its event. */
export async function outgoingOfDrop({ items }: DataTransfer): Promise<readonly Outgoing[]> {
  const dropped = [...items]
    .filter(({ kind }) => kind === "file")
    .map((item) => ({ entry: item.webkitGetAsEntry(), file: item.getAsFile() }));
  const all: Outgoing[] = [];
  for (const { entry, file } of dropped) {
    if (file === null) continue;
    // Items that a page put together have no entry, and are files.
    if (entry === null || !isFolder(entry)) all.push(outgoingFile(file));
    else {
      const files = await filesBelow(entry, entry.name);
      all.push({ name: entry.name, isFolder: true, files, machinePath: pathOf(file) });
    }
  }
  return all;
}

async function filesBelow(entry: FileSystemEntry, path: string): Promise<OutgoingFile[]> {
  if (isFile(entry)) {
    const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject));
    return [{ path, file }];
  }
  if (!isFolder(entry)) return [];
  const files: OutgoingFile[] = [];
  const reader = entry.createReader();
  // A reader returns up to a hundred entries at a time, and none at the end.
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) return files;
    for (const one of some) files.push(...(await filesBelow(one, `${path}/${one.name}`)));
  }
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

function isFolder(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}

/** Asks for files or for a folder; empty if the user cancels. */
export async function chooseOutgoing(kind: "files" | "folder"): Promise<readonly Outgoing[]> {
  const input = document.createElement("input");
  input.type = "file";
  input.multiple = true;
  input.webkitdirectory = kind === "folder";
  const chosen = new Promise<readonly File[]>((resolve) => {
    input.addEventListener("change", () => resolve([...(input.files ?? [])]));
    input.addEventListener("cancel", () => resolve([]));
  });
  input.click();
  const files = await chosen;
  return kind === "folder" ? foldersOf(files) : files.map(outgoingFile);
}

function outgoingFile(file: File): Outgoing {
  const { name } = file;
  return { name, isFolder: false, files: [{ path: name, file }], machinePath: pathOf(file) };
}

/** The folders that the chosen files belong to: their paths start with the folder's name. */
export function foldersOf(files: readonly File[]): readonly Outgoing[] {
  const byName = Map.groupBy(files, ({ webkitRelativePath }) => webkitRelativePath.split("/")[0]);
  return [...byName].flatMap(([name = "", inside]) => {
    const paths = inside.map((file) => ({ path: file.webkitRelativePath, file }));
    const [first] = inside;
    const below = first?.webkitRelativePath.slice(name.length) ?? "";
    // The folder's own path is the path of a file in it without the part below the folder.
    const machinePath = first && pathOf(first)?.slice(0, -below.length);
    return [{ name, isFolder: true, files: paths, machinePath }];
  });
}

function pathOf(file: File): string | undefined {
  const path = desktop?.pathOf(file) ?? "";
  return path === "" ? undefined : path;
}
