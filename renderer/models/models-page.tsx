/** The Models page. */
export function ModelsPage() {
  return null;
}
