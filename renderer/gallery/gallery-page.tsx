/** The Gallery page. */
export function GalleryPage() {
  return null;
}
