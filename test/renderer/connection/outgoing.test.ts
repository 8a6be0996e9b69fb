import { expect, test, vi } from "vitest";
import { foldersOf } from "../../../renderer/connection/outgoing.ts";

vi.hoisted(() => {
  const pathOf = ({ webkitRelativePath }: File) => `/home/ada/${webkitRelativePath}`;
  vi.stubGlobal("window", { desktop: { pathOf } });
});

function chosen(webkitRelativePath: string): File {
  const name = webkitRelativePath.split("/").at(-1) ?? "";
  return Object.assign(new File(["x"], name), { webkitRelativePath });
}

test("files chosen by their folder are one folder, with its own path on this machine", () => {
  const files = [chosen("toys/deep/a.txt"), chosen("toys/b.txt")];
  expect(foldersOf(files)).toEqual([
    {
      name: "toys",
      isFolder: true,
      machinePath: "/home/ada/toys",
      files: [
        { path: "toys/deep/a.txt", file: files[0] },
        { path: "toys/b.txt", file: files[1] },
      ],
    },
  ]);
  expect(foldersOf([])).toEqual([]);
});
