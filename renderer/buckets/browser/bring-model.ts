import { useCallback } from "react";
import { useLocation } from "wouter";
import type { BucketPlace } from "../../../engine/contract/buckets.ts";
import { useStudio } from "../../connection/studio.tsx";
import { followTransfer } from "../../transfers/follow-transfer.ts";
import { useImport } from "../../transfers/use-import.ts";
import { attempt, showToast } from "../../ui/toasts.ts";
import { useWords } from "../../words/words.ts";
import { lastNameOf } from "./rows.ts";

/** Imports an archive, or a folder that contains one, into the model store, and offers to draw with it. */
export function useImportModel(place: BucketPlace): (key: string) => void {
  const { client } = useStudio();
  const begin = useImport();
  return useCallback(
    (key) => begin(lastNameOf(key), client.buckets.importModel({ ...place, key })),
    [client, place, begin],
  );
}

/** Serves the model at a path on this computer, as KServe and TorchServe would, and offers to show it. */
export function useServeModel(place: BucketPlace): (path: string) => void {
  const t = useWords("transfers");
  const { client } = useStudio();
  const [, navigate] = useLocation();
  return useCallback(
    (path) => {
      const name = lastNameOf(path);
      const look = { label: t("openServer"), run: () => navigate("/server") };
      const serve = async () => {
        const begun = await client.buckets.serve({ ...place, path });
        showToast(t("serving", { name }));
        followTransfer(begun, () => showToast(t("served", { name }), look));
      };
      attempt(serve());
    },
    [client, place, t, navigate],
  );
}
