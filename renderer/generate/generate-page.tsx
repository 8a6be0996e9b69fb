/** The Generate page. */
export function GeneratePage() {
  return null;
}
