import { useEffect, useState } from "react";
import { bucketChoice } from "../../state/choice.ts";
import type { Listing } from "./use-listing.ts";

/**
 * Selects everything that a search finds below a folder, including rows not read yet: the list is read to its end. If
 * the user selects something else meanwhile, that selection stays.
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
