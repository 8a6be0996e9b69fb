/** The first start's question; shown instead of the pages until it was answered. */
export function Welcome() {
  return null;
}
