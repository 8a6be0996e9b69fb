/** Bytes for a person, in megabytes of the disk makers. */
export function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}
