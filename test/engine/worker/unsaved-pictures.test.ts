import { expect, test } from "vitest";
import type { NewPicture } from "../../../engine/gallery/keep-picture.ts";
import { UnsavedPictures } from "../../../engine/worker/unsaved-pictures.ts";

/** A picture of which only the size matters here. */
function picture(bytes: number): NewPicture {
  return { png: { length: bytes } } as unknown as NewPicture;
}

test("returns what it was given until it is told to discard it", () => {
  const unsaved = new UnsavedPictures();
  const one = picture(1);
  unsaved.set("a", one);
  unsaved.set("b", picture(1));
  unsaved.forget(["b", "c"]);
  expect([unsaved.get("a"), unsaved.get("b")]).toEqual([one, undefined]);
});

test("discards the oldest if memory would run out", () => {
  const unsaved = new UnsavedPictures();
  for (const id of ["a", "b", "a", "c"]) unsaved.set(id, picture(100 << 20));
  expect(["a", "b", "c"].map((id) => unsaved.get(id) !== undefined)).toEqual([true, false, true]);
});
