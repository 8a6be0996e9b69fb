import {
  ArrowUp,
  CloudUpload,
  Copy,
  Download,
  FolderOpen,
  FolderPlus,
  Info,
  Link2,
  RefreshCw,
  Search,
  SquareCheckBig,
  SquareX,
  Trash2,
} from "lucide-react";
import { type ReactNode, useState } from "react";
import { useLocation } from "wouter";
import type { BucketPlace, Connection } from "../../../engine/contract/buckets.ts";
import { useStudio } from "../../connection/studio.tsx";
import type { Action } from "../../shortcuts/registry.ts";
import { bucketChoice } from "../../state/choice.ts";
import { attempt, showToast } from "../../ui/toasts.ts";
import { useWords } from "../../words/words.ts";
import { LinkDialog } from "./link-dialog.tsx";
import { NameDialog } from "./name-dialog.tsx";
import { folderOf, lastNameOf, type Row } from "./rows.ts";
import { useRemoval } from "./use-removal.tsx";

export interface FolderScene {
  readonly connection: Connection;
  readonly place: BucketPlace;
  readonly bucket: string;
  readonly prefix: string;
  readonly rows: readonly Row[];
  readonly chosen: readonly Row[];
  readonly onOpen: (prefix: string) => void;
  readonly refresh: () => void;
  readonly search: () => void;
  readonly toggleDetails: () => void;
}

/** What the view of a folder can do. */
export interface FolderCommands {
  /** Everything, for keys and palette. */
  readonly actions: readonly Action[];
  /** What can be done with the chosen rows, for menu and bar. */
  readonly ofRows: readonly Action[];
  readonly open: (row: Row) => void;
  readonly newFolder: () => void;
  readonly publish: () => void;
  readonly dialogs: ReactNode;
}

const GRID = '[role="grid"]';

/** Everything that can be done in a folder, in the one order of keys, menu and palette. */
export function useFolderActions(scene: FolderScene): FolderCommands {
  const { connection, place, prefix, onOpen } = scene;
  const [, navigate] = useLocation();
  const [linked, setLinked] = useState<string>();
  const [isNaming, setIsNaming] = useState(false);
  const removal = useRemoval(connection, place);
  const downloads = useDownloads(place);
  const { remove } = removal;
  const open = (row: Row) => {
    if (row.kind === "folder") onOpen(row.key);
  };
  const newFolder = () => setIsNaming(true);
  const publish = () => {
    const at = prefix === "" ? {} : { prefix };
    navigate(`/models?${new URLSearchParams({ publish: connection.id, ...at })}`);
  };
  const ofRows = useRowActions(scene, { open, link: setLinked, remove, downloads });
  const ofFolder = useOwnActions(scene, { newFolder, publish });
  return {
    actions: [...ofRows, ...ofFolder],
    ofRows,
    open,
    newFolder,
    publish,
    dialogs: (
      <>
        {removal.dialog}
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

/** A folder is what keys begin with: it is opened, and is there once something is in it. */
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

interface RowVerbs {
  readonly open: (row: Row) => void;
  readonly link: (key: string) => void;
  readonly remove: (rows: readonly Row[]) => void;
  readonly downloads: ReturnType<typeof useDownloads>;
}

function useRowActions(scene: FolderScene, verbs: RowVerbs): readonly Action[] {
  const t = useWords("buckets");
  const { chosen } = scene;
  const { open, link, remove, downloads } = verbs;
  const [row] = chosen;
  if (row === undefined) return NONE;
  const group = t("actions.group");
  const isOne = chosen.length === 1;
  const isObject = row.kind === "object";
  const copy = async () => {
    await navigator.clipboard.writeText(chosen.map(({ key }) => key).join("\n"));
    showToast(t("copied"));
  };
  const folder: Action = {
    id: "buckets.open",
    label: t("actions.open"),
    group,
    icon: FolderOpen,
    keys: "enter",
    within: GRID,
    run: () => open(row),
  };
  const linked: Action = {
    id: "buckets.link",
    label: t("actions.link"),
    group,
    icon: Link2,
    keys: "l",
    run: () => link(row.key),
  };
  return [
    ...(isOne && !isObject ? [folder] : []),
    downloads(chosen),
    ...(isOne && isObject ? [linked] : []),
    {
      id: "buckets.path",
      label: t("actions.copyPath"),
      group,
      icon: Copy,
      run: () => attempt(copy()),
    },
    {
      id: "buckets.delete",
      label: t("actions.delete"),
      group,
      icon: Trash2,
      keys: "delete",
      isDanger: true,
      run: () => remove(chosen),
    },
  ];
}

const NONE: readonly Action[] = [];

interface OwnVerbs {
  readonly publish: () => void;
  readonly newFolder: () => void;
}

/** What can be done with the folder itself, and with the list. */
function useOwnActions(scene: FolderScene, { newFolder, publish }: OwnVerbs): readonly Action[] {
  const t = useWords("buckets");
  const { prefix, rows, onOpen, refresh, search, toggleDetails } = scene;
  const group = t("title");
  const action = (id: OwnId, rest: Pick<Action, "icon" | "run"> & Partial<Action>): Action => ({
    id: `buckets.${id}`,
    label: t(`actions.${id}`),
    group,
    ...rest,
  });
  const isAtTop = prefix === "";
  const up = () => onOpen(folderOf(prefix));
  const all = () => bucketChoice.chooseAll(rows.map(({ key }) => key));
  return [
    action("up", { icon: ArrowUp, keys: "backspace", isDisabled: isAtTop, run: up }),
    action("newFolder", { icon: FolderPlus, run: newFolder }),
    action("publish", { icon: CloudUpload, keys: "p", run: publish }),
    action("refresh", { icon: RefreshCw, keys: "r", run: refresh }),
    action("search", { icon: Search, keys: "/", run: search }),
    action("all", { icon: SquareCheckBig, keys: "mod+a", worksInFields: false, run: all }),
    action("none", { icon: SquareX, keys: "escape", within: GRID, run: bucketChoice.chooseNone }),
    action("details", { icon: Info, keys: "i", run: toggleDetails }),
  ];
}

type OwnId = "up" | "newFolder" | "publish" | "refresh" | "search" | "all" | "none" | "details";

/** A link to download by is good for so long, seconds. */
const LINK_SECONDS = 900;
/** A browser takes downloads only at some distance from each other. */
const BETWEEN_MS = 200;

/** Downloading the chosen objects as the browser does it: straight from the bucket, by links that expire. */
function useDownloads(place: BucketPlace): (chosen: readonly Row[]) => Action {
  const t = useWords("buckets");
  const { client } = useStudio();
  const download = async (rows: readonly Row[]) => {
    for (const { key } of rows) {
      const { url } = await client.buckets.link({ ...place, key, seconds: LINK_SECONDS });
      const anchor = document.createElement("a");
      anchor.href = url;
      anchor.download = lastNameOf(key);
      anchor.rel = "noreferrer";
      anchor.click();
      await new Promise((resolve) => setTimeout(resolve, BETWEEN_MS));
    }
  };
  return (chosen) => ({
    id: "buckets.download",
    label: t("actions.download"),
    group: t("actions.group"),
    icon: Download,
    isDisabled: chosen.some(({ kind }) => kind === "folder"),
    run: () => attempt(download(chosen)),
  });
}
