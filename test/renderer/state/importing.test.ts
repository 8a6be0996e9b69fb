import { afterEach, expect, test } from "vitest";
import { StudioError } from "../../../engine/contract/errors.ts";
import type { Outgoing } from "../../../renderer/connection/outgoing.ts";
import {
  cancelImport,
  forgetImport,
  importPictures,
  useImporting,
} from "../../../renderer/state/importing.ts";
import { FakeStudio } from "../../fakes/fake-studio.ts";

afterEach(() => useImporting.setState({ run: undefined }));

function file(name: string): Outgoing {
  return { name, isFolder: false, files: [{ path: name, file: new File(["x"], name) }] };
}

function folder(name: string, paths: readonly string[]): Outgoing {
  const files = paths.map((path) => ({
    path: `${name}/${path}`,
    file: new File(["x"], path.split("/").at(-1) ?? path),
  }));
  return { name, isFolder: true, files };
}

test("files and folders are imported; other files are named, hidden ones skipped", async () => {
  const client = new FakeStudio("few").client();
  const inside = ["b.webp", "deep/a.png", "notes.txt", ".thumbs/c.png"];
  const sum = await importPictures(client, [file("a.png"), file("mine.txt"), folder("f", inside)]);
  expect(sum).toEqual({
    isRunning: false,
    total: 4,
    done: 4,
    imported: ["image-of-a-png", "image-of-b-webp"],
    present: 1,
    failed: [{ name: "mine.txt", reason: "it is neither PNG nor JPEG nor WebP" }],
    others: ["notes.txt"],
  });
  forgetImport();
  expect(useImporting.getState().run).toBeUndefined();
});

test("a file that is too large is not sent", async () => {
  const client = new FakeStudio("few").client();
  const large = new File([], "large.png");
  Object.defineProperty(large, "size", { value: 65 << 20 });
  const outgoing = { name: "l", isFolder: false, files: [{ path: "large.png", file: large }] };
  const sum = await importPictures(client, [outgoing]);
  expect(sum).toMatchObject({ imported: [], failed: [{ name: "large.png", reason: undefined }] });
});

/** A studio whose imports wait until the test lets them continue. */
function heldStudio() {
  const client = new FakeStudio("few").client();
  const held: (() => void)[] = [];
  const gallery = {
    ...client.gallery,
    import: async (...args: Parameters<typeof client.gallery.import>) => {
      await new Promise<void>((resolve) => held.push(resolve));
      return client.gallery.import(...args);
    },
  };
  return { client: { gallery }, goOn: () => held.shift()?.() };
}

test("files dropped meanwhile join the running import", async () => {
  const { client, goOn } = heldStudio();
  const first = importPictures(client, [file("a.png")]);
  expect(await importPictures(client, [file("b.png")])).toBeUndefined();
  expect(useImporting.getState().run).toMatchObject({ isRunning: true, total: 2, done: 0 });
  goOn();
  await expect.poll(() => useImporting.getState().run?.done).toBe(1);
  goOn();
  expect(await first).toMatchObject({ imported: ["image-of-a-png", "image-of-b-png"] });
});

test("cancelled, it finishes only the current file", async () => {
  const { client, goOn } = heldStudio();
  const run = importPictures(client, [file("a.png"), file("b.png")]);
  cancelImport();
  goOn();
  expect(await run).toMatchObject({ isRunning: false, imported: ["image-of-a-png"], total: 2 });
});

test("a full disk ends it, and what was imported is still known", async () => {
  const client = new FakeStudio("few").client();
  let calls = 0;
  const gallery = {
    ...client.gallery,
    import: async (...args: Parameters<typeof client.gallery.import>) => {
      if (++calls === 2) throw new StudioError("DISK_FULL", { path: "/data", needed: "1 MB" });
      return client.gallery.import(...args);
    },
  };
  const files = ["a.png", "b.png", "c.png"].map(file);
  await expect(importPictures({ gallery }, files)).rejects.toMatchObject({ code: "DISK_FULL" });
  expect([calls, useImporting.getState().run]).toMatchObject([
    2,
    { isRunning: false, imported: ["image-of-a-png"] },
  ]);
});
