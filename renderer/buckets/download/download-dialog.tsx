import { useState } from "react";
import type { BucketPlace } from "../../../engine/contract/buckets.ts";
import { desktop } from "../../connection/desktop.ts";
import { useStudio } from "../../connection/studio.tsx";
import {
  FolderField,
  isWholePath,
  pathIn,
  useStandardFolder,
} from "../../transfers/folder-field.tsx";
import { followTransfer } from "../../transfers/follow-transfer.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Switch } from "../../ui/switch.tsx";
import { attempt, showToast } from "../../ui/toasts.ts";
import { formatBytes } from "../../words/format.ts";
import { useWords } from "../../words/words.ts";
import styles from "../browser/browser.module.css";
import { lastNameOf, type Row } from "../browser/rows.ts";
import { fileNameOf } from "./file-name.ts";

/** Validity of a download link, seconds. */
const LINK_SECONDS = 900;
/** Browsers drop downloads that follow each other faster, milliseconds. */
const BETWEEN_MS = 200;
/** Each row becomes a transfer; a longer list would be unusable. */
const MAX_ROWS = 200;
/** Browsers block more downloads at once. */
const MAX_SAVED = 20;

export interface DownloadDialogProps {
  readonly place: BucketPlace;
  readonly rows: readonly Row[];
  readonly onClose: () => void;
}

/**
 * Downloads objects and folders of a bucket to the studio's machine as transfers, or single files through the browser.
 */
export function DownloadDialog({ place, rows, onClose }: DownloadDialogProps) {
  const t = useWords("buckets");
  const standard = useStandardFolder("downloads");
  const [folder, setFolder] = useState("");
  const [isForced, setIsForced] = useState(false);
  const verbs = useDownloads(place, rows);
  const out = folder.trim() === "" ? standard : folder.trim();
  const isTooMuch = rows.length > MAX_ROWS;
  const canSave =
    !desktop && rows.length <= MAX_SAVED && rows.every(({ kind }) => kind === "object");
  const run = (begun: Promise<void>) => {
    attempt(begun);
    onClose();
  };
  return (
    <Dialog
      title={titleOf(t, rows)}
      isOpen
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>{t("form.cancel")}</Button>
          {canSave && <Button onPress={() => run(verbs.save())}>{t("download.save")}</Button>}
          <Button
            variant="filled"
            isDisabled={!isWholePath(out) || isTooMuch}
            onPress={() => run(verbs.fetch(out, isForced))}
          >
            {t("download.yes")}
          </Button>
        </>
      }
    >
      <div className={styles.form}>
        {isTooMuch && <p role="alert">{t("download.tooMuch", { count: MAX_ROWS })}</p>}
        <FolderField
          label={t("download.folder")}
          help={t("download.help", { path: rows.length === 1 ? pathOf(out, rows[0]) : out })}
          standard={standard}
          value={folder}
          onChange={setFolder}
        />
        <Switch isSelected={isForced} onChange={setIsForced}>
          {t("download.force")}
        </Switch>
      </div>
    </Dialog>
  );
}

function titleOf(t: ReturnType<typeof useWords<"buckets">>, rows: readonly Row[]): string {
  const [row] = rows;
  if (rows.length !== 1 || row === undefined) return t("download.title", { count: rows.length });
  const name = lastNameOf(row.key);
  if (row.bytes === undefined) return t("download.titleFolder", { name });
  return t("download.titleOne", { name, size: formatBytes(row.bytes) });
}

function pathOf(folder: string, row: Row | undefined): string {
  return row === undefined ? folder : pathIn(folder, fileNameOf(row.key));
}

function useDownloads(place: BucketPlace, rows: readonly Row[]) {
  const t = useWords("buckets");
  const { client } = useStudio();
  return {
    /** To the studio's machine, one transfer a row. */
    fetch: async (folder: string, force: boolean) => {
      for (const row of rows) {
        const out = pathOf(folder, row);
        const begun = await client.buckets.download({ ...place, key: row.key, out, force });
        followTransfer(begun, () => showToast(t("download.done", { path: out })));
      }
    },
    /** Through the browser, directly from the bucket, by links that expire. */
    save: async () => {
      for (const { key } of rows) {
        const { url } = await client.buckets.link({ ...place, key, seconds: LINK_SECONDS });
        const anchor = document.createElement("a");
        anchor.href = url;
        anchor.download = fileNameOf(key);
        anchor.rel = "noreferrer";
        anchor.click();
        await new Promise((resolve) => setTimeout(resolve, BETWEEN_MS));
      }
    },
  };
}
