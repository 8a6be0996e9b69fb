/**
 * Works on what `next` returns, several at once, until it returns nothing. The first failure stops all lanes, and is
 * thrown once all have stopped.
 */
export async function inLanes<T>(
  lanes: number,
  items: Iterable<T>,
  work: (item: T, signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const failure = new AbortController();
  const both = AbortSignal.any([signal, failure.signal]);
  const left = items[Symbol.iterator]();
  const lane = async (): Promise<void> => {
    for (let next = left.next(); next.done !== true; next = left.next()) {
      both.throwIfAborted();
      await work(next.value, both);
    }
  };
  const ends = await Promise.allSettled(
    Array.from({ length: lanes }, () =>
      lane().catch((error: unknown) => {
        if (!failure.signal.aborted) failure.abort(error);
        throw error;
      }),
    ),
  );
  signal.throwIfAborted();
  if (ends.some(({ status }) => status === "rejected")) throw failure.signal.reason;
}
