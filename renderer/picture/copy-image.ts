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
  downloadAs(address, fileName.split("/").at(-1) ?? fileName);
}

/** Saves what lies behind an address of the studio under a name. */
export function downloadAs(address: string, name: string): void {
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
}
