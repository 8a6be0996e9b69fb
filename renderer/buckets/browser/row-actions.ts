import { Copy, Download, FolderInput, FolderOpen, Link2, Radio, Trash2 } from "lucide-react";
import type { Action } from "../../shortcuts/registry.ts";
import { attempt, showToast } from "../../ui/toasts.ts";
import { useWords } from "../../words/words.ts";
import { mayBeArchive, type Row } from "./rows.ts";

/** Selector of the element in which the keys for rows work. */
const GRID = '[role="grid"]';

const NONE: readonly Action[] = [];

/** What the actions for rows call. */
interface RowVerbs {
  readonly open: (row: Row) => void;
  readonly link: (key: string) => void;
  readonly remove: (rows: readonly Row[]) => void;
  readonly download: (rows: readonly Row[]) => void;
  readonly importModel: (key: string) => void;
  readonly serveModel: (path: string) => void;
}

/** The actions for the selected rows; they differ between one row and several, and between folders and objects. */
export function useRowActions(chosen: readonly Row[], verbs: RowVerbs): readonly Action[] {
  const t = useWords("buckets");
  const [row] = chosen;
  if (row === undefined) return NONE;
  const isOne = chosen.length === 1;
  const isObject = row.kind === "object";
  const copy = async () => {
    await navigator.clipboard.writeText(chosen.map(({ key }) => key).join("\n"));
    showToast(t("copied"));
  };
  const action = actionsIn(t, t("actions.group"));
  const open = action("open", {
    icon: FolderOpen,
    keys: "enter",
    within: GRID,
    run: () => verbs.open(row),
  });
  const imported = action("import", {
    icon: FolderInput,
    run: () => verbs.importModel(row.key),
  });
  const served = action("serve", { icon: Radio, run: () => verbs.serveModel(row.key) });
  const link = action("link", { icon: Link2, keys: "l", run: () => verbs.link(row.key) });
  return [
    ...(isOne && !isObject ? [open, served] : []),
    ...(isOne && mayBeArchive(row) ? [imported] : []),
    action("download", { icon: Download, keys: "d", run: () => verbs.download(chosen) }),
    ...(isOne && isObject ? [link] : []),
    action("copyPath", { icon: Copy, run: () => attempt(copy()) }),
    action("delete", {
      icon: Trash2,
      keys: "delete",
      isDanger: true,
      run: () => verbs.remove(chosen),
    }),
  ];
}

type Words = ReturnType<typeof useWords<"buckets">>;

/** Returns a function that makes actions of one group; their labels come from the words of the same name. */
export function actionsIn(t: Words, group: string) {
  return (id: ActionId, rest: Pick<Action, "icon" | "run"> & Partial<Action>): Action => ({
    id: `buckets.${id}`,
    label: t(`actions.${id}`),
    group,
    ...rest,
  });
}

type ActionId =
  | "open"
  | "import"
  | "serve"
  | "download"
  | "link"
  | "copyPath"
  | "delete"
  | "up"
  | "upload"
  | "uploadFolder"
  | "newFolder"
  | "publish"
  | "refresh"
  | "search"
  | "all"
  | "none"
  | "details";
