/** Side of the picture in `largeReply`, pixels. */
export const LARGE_SIDE = 768;

/** A reply with a picture of 768x768 pixels as numbers with 16 digits: 35 MB of JSON. */
export function largeReply(): string {
  const digits = (i: number): string => `0.${String(1e15 + (i % 1000) * 7919)}`;
  const row = Array.from({ length: LARGE_SIDE * 3 }, (_, i) => digits(i)).join(",");
  const data = Array.from({ length: LARGE_SIDE }, () => row).join(",");
  return `{"outputs":[{"name":"output0","datatype":"FP32","shape":[${LARGE_SIDE},${LARGE_SIDE},3],"data":[${data}]}]}`;
}
