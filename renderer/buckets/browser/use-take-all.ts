import { useEffect, useState } from "react";
import { bucketChoice } from "../../state/choice.ts";
import type { Listing } from "./use-listing.ts";

/**
 * Choosing everything below a folder that a search leaves, also what was not read yet: the list is read to
 * its end. Whoever chooses something else meanwhile is left with that.
 */
export function useTakeAll({ rows, hasMore, readOn, error }: Listing) {
  const [taken, setTaken] = useState<ReadonlySet<string>>();
  const { chosen } = bucketChoice.useChoice();
  const isTaking = taken !== undefined;
  useEffect(() => {
    if (taken === undefined) return;
    const isLeft = chosen.size < taken.size;
    if (isLeft || error !== null) return setTaken(undefined);
    if (rows.length > taken.size) return takeRows();
    if (hasMore) readOn();
    else setTaken(undefined);
  });
  const takeRows = () => {
    const keys = rows.map(({ key }) => key);
    bucketChoice.chooseAll(keys);
    setTaken(new Set(keys));
  };
  return { isTaking, take: takeRows };
}
