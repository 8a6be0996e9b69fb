import { type DragEvent, useMemo } from "react";
import type { BucketPlace } from "../../../engine/contract/buckets.ts";
import { useStudio } from "../../connection/studio.tsx";
import type { Row } from "../browser/rows.ts";
import { fileNameOf } from "./file-name.ts";

/** Validity of a link that is dragged out, seconds. */
const LINK_SECONDS = 900;

export interface DragOut {
  /** Called when the pointer goes down on a row, since a drag may follow. */
  readonly prepare: (row: Row) => void;
  readonly start: (event: DragEvent, row: Row) => void;
}

/**
 * Lets objects be dragged out of the window and saved where they are dropped. Chromium reads the address when the drag
 * starts and does not wait, so the link is requested when the pointer goes down.
 */
export function useDragOut(place: BucketPlace): DragOut {
  const { client } = useStudio();
  return useMemo(() => {
    let ready: { readonly key: string; readonly url: string } | undefined;
    const prepare = async ({ key }: Row) => {
      ready = undefined;
      const { url } = await client.buckets.link({ ...place, key, seconds: LINK_SECONDS });
      ready = { key, url };
    };
    return {
      prepare: (row) => {
        // The link dialog reports why a link cannot be made.
        if (row.kind === "object") prepare(row).catch(() => undefined);
      },
      start: ({ dataTransfer }, { key }) => {
        if (ready?.key !== key) return;
        dataTransfer.effectAllowed = "copy";
        const name = fileNameOf(key);
        dataTransfer.setData("DownloadURL", `application/octet-stream:${name}:${ready.url}`);
        dataTransfer.setData("text/uri-list", ready.url);
      },
    };
  }, [client, place]);
}
