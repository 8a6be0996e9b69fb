import {
  ArrowUp,
  CloudUpload,
  FolderPlus,
  FolderUp,
  Info,
  RefreshCw,
  Search,
  SquareCheckBig,
  SquareX,
  Upload,
} from "lucide-react";
import { type ReactNode, useState } from "react";
import { useLocation } from "wouter";
import type { BucketPlace, Connection } from "../../../engine/contract/buckets.ts";
import type { Action } from "../../shortcuts/registry.ts";
import { bucketChoice } from "../../state/choice.ts";
import { useWords } from "../../words/words.ts";
import { DownloadDialog } from "../download/download-dialog.tsx";
import type { Uploads } from "../upload/use-uploads.tsx";
import { LinkDialog } from "./link-dialog.tsx";
import { NameDialog } from "./name-dialog.tsx";
import { useImportModel, useServeModel } from "./bring-model.ts";
import { actionsIn, useRowActions } from "./row-actions.ts";
import { folderOf, type Row } from "./rows.ts";
import { useRemoval } from "./use-removal.tsx";

export interface FolderScene {
  readonly connection: Connection;
  readonly place: BucketPlace;
  readonly bucket: string;
  readonly prefix: string;
  readonly uploads: Uploads;
  readonly chosen: readonly Row[];
  readonly onOpen: (prefix: string) => void;
  readonly refresh: () => void;
  readonly search: () => void;
  readonly takeAll: () => void;
  readonly toggleDetails: () => void;
}

/** The actions of a folder view. */
export interface FolderCommands {
  /** All actions, for keys and palette. */
  readonly actions: readonly Action[];
  /** Upload actions, for a button's menu. */
  readonly ofUploads: readonly Action[];
  /** Actions for the selected rows, for menu and bar. */
  readonly ofRows: readonly Action[];
  readonly open: (row: Row) => void;
  readonly newFolder: () => void;
  readonly publish: () => void;
  readonly dialogs: ReactNode;
}

/** All actions in a folder, in the order shared by keys, menu and palette. */
export function useFolderActions(scene: FolderScene): FolderCommands {
  const { connection, place, bucket, prefix, onOpen } = scene;
  const [, navigate] = useLocation();
  const [linked, setLinked] = useState<string>();
  const [isNaming, setIsNaming] = useState(false);
  const removal = useRemoval(connection, place);
  const [fetched, setFetched] = useState<readonly Row[]>([]);
  const { remove } = removal;
  const importModel = useImportModel(place);
  const serveModel = useServeModel(place);
  const open = (row: Row) => {
    if (row.kind === "folder") onOpen(row.key);
  };
  const newFolder = () => setIsNaming(true);
  const publish = () => {
    const at = {
      ...(connection.bucket === null && { bucket }),
      ...(prefix !== "" && { prefix }),
    };
    navigate(`/models?${new URLSearchParams({ publish: connection.id, ...at })}`);
  };
  const ofRows = useRowActions(scene.chosen, {
    open,
    link: setLinked,
    remove,
    download: setFetched,
    importModel,
    serveModel,
  });
  const ofFolder = useOwnActions(scene, { newFolder, publish });
  return {
    actions: [...ofRows, ...ofFolder],
    ofUploads: ofFolder.filter(({ id }) => id.startsWith("buckets.upload")),
    ofRows,
    open,
    newFolder,
    publish,
    dialogs: (
      <>
        {removal.dialog}
        {scene.uploads.dialog}
        {fetched.length > 0 && (
          <DownloadDialog place={place} rows={fetched} onClose={() => setFetched([])} />
        )}
        {linked !== undefined && (
          <LinkDialog place={place} objectKey={linked} onClose={() => setLinked(undefined)} />
        )}
        <NewFolder
          isOpen={isNaming}
          onClose={() => setIsNaming(false)}
          onName={(name) => onOpen(`${prefix}${name.replace(/\/+$/, "")}/`)}
        />
      </>
    ),
  };
}

interface NewFolderProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly onName: (name: string) => void;
}

/** A folder is only a key prefix: it is opened, and exists once there is an object in it. */
function NewFolder({ isOpen, onClose, onName }: NewFolderProps) {
  const t = useWords("buckets");
  return (
    <NameDialog
      title={t("actions.newFolder")}
      label={t("newFolder.label")}
      help={t("newFolder.help")}
      yes={t("newFolder.yes")}
      isOpen={isOpen}
      onClose={onClose}
      onName={async (name) => onName(name)}
    />
  );
}

interface OwnVerbs {
  readonly publish: () => void;
  readonly newFolder: () => void;
}

/** Actions for the folder itself and for the list. */
function useOwnActions(scene: FolderScene, { newFolder, publish }: OwnVerbs): readonly Action[] {
  const t = useWords("buckets");
  const { prefix, uploads, onOpen, refresh, search, takeAll, toggleDetails } = scene;
  const action = actionsIn(t, t("title"));
  const isAtTop = prefix === "";
  const up = () => onOpen(folderOf(prefix));
  const files = () => uploads.choose("files");
  const folder = () => uploads.choose("folder");
  return [
    action("up", { icon: ArrowUp, keys: "backspace", isDisabled: isAtTop, run: up }),
    action("upload", { icon: Upload, keys: "u", run: files }),
    action("uploadFolder", { icon: FolderUp, run: folder }),
    action("newFolder", { icon: FolderPlus, run: newFolder }),
    action("publish", { icon: CloudUpload, keys: "p", run: publish }),
    action("refresh", { icon: RefreshCw, keys: "r", run: refresh }),
    action("search", { icon: Search, keys: "/", run: search }),
    action("all", { icon: SquareCheckBig, keys: "mod+a", worksInFields: false, run: takeAll }),
    action("none", { icon: SquareX, keys: "escape", run: bucketChoice.chooseNone }),
    action("details", { icon: Info, keys: "i", run: toggleDetails }),
  ];
}
