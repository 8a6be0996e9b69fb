import { writeFullGallery } from "../bench/full-gallery.ts";
import type { StudioUnderTest } from "./studio-test.ts";

/** Gives a studio's gallery this many pictures, none of which was drawn here. */
export async function fillGallery(
  { page, dataFolder }: StudioUnderTest,
  pictures: number,
): Promise<void> {
  writeFullGallery(dataFolder, pictures);
  await page.evaluate(async () => {
    const token = localStorage.getItem("darkroom.token");
    const headers = { "content-type": "application/json" };
    const known = token === null ? headers : { ...headers, authorization: `Bearer ${token}` };
    await fetch("/rpc/gallery/rebuild", { method: "POST", headers: known, body: "{}" });
  });
}
