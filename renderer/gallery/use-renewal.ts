import { useState } from "react";
import type { Image } from "../../engine/contract/gallery.ts";
import { useStudio } from "../connection/studio.tsx";
import { wantImages } from "../state/images.ts";

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
  return { isBroken: failure?.address === thumbnail, onError };
}
