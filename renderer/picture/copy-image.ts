import type { Image } from "../../engine/contract/gallery.ts";
import { desktop } from "../connection/desktop.ts";

/** Copies a picture to the clipboard. */
export async function copyImage({ id, address }: Image): Promise<void> {
  if (desktop) return desktop.copyImage(id);
  // Passed as a promise, because a browser allows writing only while handling the press.
  const png = fetch(address).then((response) => response.blob());
  await navigator.clipboard.write([new ClipboardItem({ "image/png": png })]);
}

/** Saves a picture's file as a browser download. */
export function downloadImage({ address, fileName }: Image): void {
  downloadAs(address, fileName.split("/").at(-1) ?? fileName);
}

/** Saves the content of an address of the studio under a file name. */
export function downloadAs(address: string, name: string): void {
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
}
