import { type DragEvent, type ReactNode, useState } from "react";
import type { BucketPlace, Connection } from "../../../engine/contract/buckets.ts";
import { useStudio } from "../../connection/studio.tsx";
import { refreshBuckets } from "../../state/connections.ts";
import { followTransfer } from "../../transfers/follow-transfer.ts";
import { RemoveDialog } from "../../ui/remove-dialog.tsx";
import { attempt, showToast } from "../../ui/toasts.ts";
import { useFileDrop } from "../../ui/use-file-drop.ts";
import { useWords } from "../../words/words.ts";
import { lastNameOf } from "../browser/rows.ts";
import { chooseOutgoing, type Outgoing, outgoingOfDrop } from "../../connection/outgoing.ts";
import { sendOutgoing, takenKeys } from "./send-outgoing.ts";

export interface UploadScene {
  readonly connection: Connection;
  readonly place: BucketPlace;
  readonly prefix: string;
}

export interface Uploads {
  readonly choose: (kind: "files" | "folder") => void;
  readonly drop: ReturnType<typeof useFileDrop>;
  readonly dialog: ReactNode;
}

/**
 * Uploads chosen or dropped files and folders into a folder of a bucket; it asks before it replaces objects, and names
 * them.
 */
export function useUploads({ connection, place, prefix }: UploadScene): Uploads {
  const t = useWords("buckets");
  const studio = useStudio();
  const [asked, setAsked] = useState<Question>();
  const there = { ...place, prefix };
  const send = async (outgoing: readonly Outgoing[]) => {
    for (const one of outgoing) {
      const begun = await sendOutgoing(studio.client, there, one);
      if (begun === undefined) continue;
      followTransfer(begun, () => {
        refreshBuckets(studio);
        showToast(t("upload.done", { name: one.name }));
      });
    }
  };
  const begin = async (outgoing: readonly Outgoing[]) => {
    const full = outgoing.filter(({ files }) => files.length > 0);
    if (full.length < outgoing.length) showToast(t("upload.emptyFolder"));
    const taken = await takenKeys(studio.client, there, full);
    if (taken.length > 0) setAsked({ outgoing: full, taken });
    else await send(full);
  };
  const drop = useFileDrop((_, { dataTransfer }: DragEvent) =>
    attempt(outgoingOfDrop(dataTransfer).then(begin)),
  );
  return {
    choose: (kind) => attempt(chooseOutgoing(kind).then(begin)),
    drop,
    dialog: asked && (
      <RemoveDialog
        title={t("upload.replaceTitle", {
          count: asked.taken.length,
          name: lastNameOf(asked.taken[0] ?? ""),
        })}
        yes={t("upload.replace")}
        isOpen
        onClose={() => setAsked(undefined)}
        onRemove={() => send(asked.outgoing)}
      >
        {t("upload.taken", { names: namesOf(asked.taken, prefix) })}{" "}
        {t(connection.check?.isVersioned === true ? "upload.versioned" : "upload.unversioned")}
      </RemoveDialog>
    ),
  };
}

interface Question {
  readonly outgoing: readonly Outgoing[];
  readonly taken: readonly string[];
}

/** Above this number of names, only their number is shown. */
const NAMED = 6;

function namesOf(keys: readonly string[], prefix: string): string {
  const names = keys.map((key) => key.slice(prefix.length));
  const more = names.length - NAMED;
  const named = more > 0 ? [...names.slice(0, NAMED), `${more} more`] : names;
  return new Intl.ListFormat("en").format(named);
}
