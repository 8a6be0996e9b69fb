import { useCallback } from "react";
import type { BucketPlace } from "../../../engine/contract/buckets.ts";
import { useStudio } from "../../connection/studio.tsx";
import { useImport } from "../../transfers/use-import.ts";
import { lastNameOf } from "./rows.ts";

/** Brings an archive, or a folder that holds one, into the model store, and offers to draw with it. */
export function useImportModel(place: BucketPlace): (key: string) => void {
  const { client } = useStudio();
  const begin = useImport();
  return useCallback(
    (key) => begin(lastNameOf(key), client.buckets.importModel({ ...place, key })),
    [client, place, begin],
  );
}
