import type { Image } from "../../engine/contract/gallery.ts";
import { desktop } from "../connection/desktop.ts";

/** Puts a picture on the clipboard. */
export async function copyImage({ id, address }: Image): Promise<void> {
  if (desktop) return desktop.copyImage(id);
  // Promised, since a browser allows writing only in the moment of the press.
  const png = fetch(address).then((response) => response.blob());
  await navigator.clipboard.write([new ClipboardItem({ "image/png": png })]);
}

/** A browser saves the picture's file where it saves everything. */
export function downloadImage({ address, fileName }: Image): void {
  const link = document.createElement("a");
  link.href = address;
  link.download = fileName.split("/").at(-1) ?? fileName;
  link.click();
}
