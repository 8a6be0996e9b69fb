import { ChevronRight, CornerLeftUp, Folder, FolderSymlink, FolderX, Package } from "lucide-react";
import { useCallback, useEffect, useState } from "react";
import { Button as AriaButton, Tree, TreeItem, TreeItemContent } from "react-aria-components";
import type { FolderListing, FolderRequest, Place } from "../../engine/contract/folders.ts";
import { useStudio } from "../connection/studio.tsx";
import { Failed, Skeleton } from "../ui/async-states.tsx";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Icon } from "../ui/icon.tsx";
import { Switch } from "../ui/switch.tsx";
import { attempt } from "../ui/toasts.ts";
import { useWords } from "../words/words.ts";
import styles from "./folder-chooser.module.css";

export interface FolderChooserProps {
  readonly title: string;
  /** Label of the button that accepts the chosen folder. */
  readonly yes: string;
  /** Label of that button for an archive; if given, model archives can be chosen, too. */
  readonly yesArchive?: string;
  /** The initial folder; the user's home folder if empty. */
  readonly start: string;
  readonly onChoose: (folder: string) => void;
  readonly onClose: () => void;
}

/** Chooses a folder or a model archive of the studio's machine, in a tree that works in a browser, too. */
export function FolderChooser(props: FolderChooserProps) {
  const { title, yes, yesArchive, start, onChoose, onClose } = props;
  const t = useWords("transfers");
  const [withHidden, setWithHidden] = useState(false);
  const tree = useFolderTree(start, { withHidden, withArchives: yesArchive !== undefined });
  const { root, chosen, error } = tree;
  return (
    <Dialog
      title={title}
      size="wide"
      isOpen
      onClose={onClose}
      actions={
        <>
          <code className={styles.path}>{chosen}</code>
          <Button onPress={onClose}>{t("chooser.cancel")}</Button>
          <Button variant="filled" isDisabled={chosen === ""} onPress={() => onChoose(chosen)}>
            {yesArchive !== undefined && tree.isArchive(chosen) ? yesArchive : yes}
          </Button>
        </>
      }
    >
      <Places onOpen={tree.goTo} />
      <div className={styles.bar}>
        <Button
          size="dense"
          icon={CornerLeftUp}
          isDisabled={root?.parent === undefined}
          onPress={() => root?.parent !== undefined && tree.goTo(root.parent)}
        >
          {t("chooser.up")}
        </Button>
        <code className={styles.path}>{root?.path}</code>
        <Switch isSelected={withHidden} onChange={setWithHidden}>
          {t("chooser.hidden")}
        </Switch>
      </div>
      {error && <Failed title={t("chooser.failed")} error={error} />}
      {root === undefined && !error && <Skeleton className={styles.tree} />}
      {root && <FolderTree tree={tree} root={root} onChoose={onChoose} />}
    </Dialog>
  );
}

/** The home folder, the root, and existing folders of other studios. */
function Places({ onOpen }: { onOpen: (path: string) => void }) {
  const { client } = useStudio();
  const [places, setPlaces] = useState<readonly Place[]>([]);
  useEffect(() => attempt(client.machine.places().then(setPlaces)), [client]);
  return (
    <div className={styles.places}>
      {places.map(({ name, path }) => (
        <Button key={path} size="dense" onPress={() => onOpen(path)}>
          {name}
        </Button>
      ))}
    </div>
  );
}

type TreeState = ReturnType<typeof useFolderTree>;

/** The folders listed so far, by path, and the selected one. */
function useFolderTree(
  start: string,
  { withHidden, withArchives }: Pick<FolderRequest, "withHidden" | "withArchives">,
) {
  const { client } = useStudio();
  const [at, setAt] = useState(start.trim());
  const [listed, setListed] = useState<ReadonlyMap<string, FolderListing>>(new Map());
  const [root, setRoot] = useState<FolderListing>();
  const [chosen, setChosen] = useState("");
  const [error, setError] = useState<Error>();
  const list = useCallback(
    async (path: string) => {
      const asked = { withHidden, withArchives, ...(path !== "" && { path }) };
      const listing = await client.machine.folders(asked);
      setListed((all) => new Map([...all, [listing.path, listing]]));
      return listing;
    },
    [client, withHidden, withArchives],
  );
  useEffect(() => {
    let isLeft = false;
    setListed(new Map());
    setError(undefined);
    const begin = async () => {
      const listing = await list(at);
      if (isLeft) return;
      setRoot(listing);
      setChosen(listing.path);
    };
    begin().catch((cause: Error) => !isLeft && setError(cause));
    return () => {
      isLeft = true;
    };
  }, [at, list]);
  const open = (path: string) => {
    list(path).catch(setError);
  };
  const isArchive = (path: string) =>
    [...listed.values()].some(({ archives }) => archives.some((one) => one.path === path));
  return { root, listed, chosen, error, goTo: setAt, open, choose: setChosen, isArchive };
}

interface FolderTreeProps {
  readonly tree: TreeState;
  readonly root: FolderListing;
  readonly onChoose: (path: string) => void;
}

/** Arrow keys open and close folders, letters jump to one, Enter opens it, or takes an archive. */
function FolderTree({ tree, root, onChoose }: FolderTreeProps) {
  const t = useWords("transfers");
  return (
    <>
      <Tree
        key={root.path}
        aria-label={t("chooser.tree")}
        className={styles.tree ?? ""}
        selectionMode="single"
        selectionBehavior="replace"
        selectedKeys={[tree.chosen]}
        onSelectionChange={(keys) => {
          const [path] = keys === "all" ? [] : keys;
          tree.choose(path === undefined ? root.path : String(path));
        }}
        onExpandedChange={(keys) => {
          for (const key of keys) if (!tree.listed.has(String(key))) tree.open(String(key));
        }}
        onAction={(key) => {
          const path = String(key);
          if (tree.isArchive(path)) onChoose(path);
          else tree.goTo(path);
        }}
        renderEmptyState={() => <p className={styles.empty}>{t("chooser.empty")}</p>}
      >
        <Nodes {...root} listed={tree.listed} />
      </Tree>
      {root.isCut && <p className={styles.empty}>{t("chooser.cut")}</p>}
    </>
  );
}

interface NodesProps extends Pick<FolderListing, "folders" | "archives"> {
  readonly listed: TreeState["listed"];
}

/** The rows of a folder: its subfolders, then its archives. */
function Nodes({ folders, archives, listed }: NodesProps) {
  return (
    <>
      {folders.map((folder) => (
        <FolderNode key={folder.path} folder={folder} listed={listed} />
      ))}
      {archives.map(({ name, path }) => (
        <TreeItem key={path} id={path} textValue={name} className={styles.row ?? ""}>
          <TreeItemContent>
            <span className={styles.chevron} />
            <Icon of={Package} />
            <span className={styles.name}>{name}</span>
          </TreeItemContent>
        </TreeItem>
      ))}
    </>
  );
}

interface FolderNodeProps {
  readonly folder: FolderListing["folders"][number];
  readonly listed: TreeState["listed"];
}

function FolderNode({ folder, listed }: FolderNodeProps) {
  const t = useWords("transfers");
  const { name, path, isClosed } = folder;
  const inside = listed.get(path);
  const isUnlisted = !isClosed && inside === undefined;
  const hasMore = isUnlisted || hasRows(inside);
  return (
    <TreeItem id={path} textValue={name} isDisabled={isClosed} className={styles.row ?? ""}>
      <TreeItemContent>
        {hasMore ? (
          <AriaButton slot="chevron" className={styles.chevron ?? ""}>
            <Icon of={ChevronRight} />
          </AriaButton>
        ) : (
          <span className={styles.chevron} />
        )}
        <Icon of={iconOf(folder)} />
        <span className={styles.name}>{name}</span>
        {isClosed && <span className={styles.note}>{t("chooser.closed")}</span>}
      </TreeItemContent>
      {/* A row can be opened by key only if it contains a row: until its folders are known, this one. */}
      {isUnlisted && (
        <TreeItem id={`${path}/…`} textValue={t("chooser.reading")} isDisabled>
          <TreeItemContent>
            <span className={styles.chevron} />
            <span className={styles.note}>{t("chooser.reading")}</span>
          </TreeItemContent>
        </TreeItem>
      )}
      {inside && <Nodes {...inside} listed={listed} />}
    </TreeItem>
  );
}

function hasRows(listing: FolderListing | undefined): boolean {
  return listing !== undefined && listing.folders.length + listing.archives.length > 0;
}

function iconOf({ isLink, isClosed }: FolderNodeProps["folder"]) {
  if (isClosed) return FolderX;
  return isLink ? FolderSymlink : Folder;
}
