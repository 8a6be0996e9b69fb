import { useEffect, useState } from "react";
import type { Image } from "../../../engine/contract/gallery.ts";
import { useStudio } from "../../connection/studio.tsx";
import { useConnection } from "../../state/connection.ts";
import { wantImages } from "../../state/images.ts";

/** A new address that fails so soon was not out of date. */
const PATIENCE_MS = 10_000;

/**
 * Addresses of pictures run out, and end with the host's process: one that does not load is asked
 * for anew. `isBroken` while there is none that loads.
 */
export function useRenewal({ id, thumbnail }: Image): { isBroken: boolean; onError: () => void } {
  const { client } = useStudio();
  const [failure, setFailure] = useState<{ address: string; at: number }>();
  const onError = () => {
    const at = Date.now();
    setFailure({ address: thumbnail, at });
    const isInVain = failure !== undefined && at - failure.at < PATIENCE_MS;
    if (!isInVain) wantImages(client, [id], true);
  };
  const isBroken = failure?.address === thumbnail;
  // A host that was started again signs anew.
  const isLive = useConnection(({ state }) => state === "live");
  useEffect(() => {
    if (isBroken && isLive) wantImages(client, [id], true);
    // Only when it comes back: what is broken while it is there has been asked for already.
  }, [isLive]);
  return { isBroken, onError };
}
