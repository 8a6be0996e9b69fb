import { Copy, Info, Save, TriangleAlert } from "lucide-react";
import { type ReactNode, useState } from "react";
import { Tab, TabList, TabPanel, Tabs } from "react-aria-components";
import type { DeployDraft, DeployFile, DeployManifests } from "../../engine/contract/deploy.ts";
import { Failed, Skeleton } from "../ui/async-states.tsx";
import { Button } from "../ui/button.tsx";
import { IconButton } from "../ui/icon-button.tsx";
import { Icon } from "../ui/icon.tsx";
import { Switch } from "../ui/switch.tsx";
import { attempt, showToast } from "../ui/toasts.ts";
import { useWords } from "../words/words.ts";
import { Differences, MarkedText } from "./marked-text.tsx";
import styles from "./manifests-view.module.css";
import { SaveDialog } from "./save-dialog.tsx";
import type { ShownManifests } from "./use-manifests.ts";

export interface ManifestsViewProps {
  readonly draft: DeployDraft;
  readonly shown: ShownManifests;
  /** Further actions for them. */
  readonly children: ReactNode;
}

/** The manifests made from the form, their differences from the original ones, and the actions for them. */
export function ManifestsView({ draft, shown, children }: ManifestsViewProps) {
  const t = useWords("deploy");
  const { manifests, isStale, hasFaults, error } = shown;
  const [isSaving, setIsSaving] = useState(false);
  return (
    <section className={styles.view} aria-label={t("result")}>
      {error && <Failed title={t("refused")} error={error} />}
      {hasFaults && !error && (
        <p className={styles.warning} role="status">
          <Icon of={TriangleAlert} />
          {t(manifests === undefined ? "wrong" : "stale")}
        </p>
      )}
      {manifests ? (
        <Files manifests={manifests} isStale={isStale} onSave={() => setIsSaving(true)} />
      ) : (
        !error && !hasFaults && <Skeleton className={styles.skeleton} />
      )}
      {manifests && <Notes notes={manifests.notes} />}
      {manifests && <Commands manifests={manifests} folder={draft.name} />}
      {children}
      {isSaving && <SaveDialog draft={draft} onClose={() => setIsSaving(false)} />}
    </section>
  );
}

interface FilesProps {
  readonly manifests: DeployManifests;
  readonly isStale: boolean;
  readonly onSave: () => void;
}

function Files({ manifests, isStale, onSave }: FilesProps) {
  const t = useWords("deploy");
  const { files } = manifests;
  const [chosen, setChosen] = useState("serving-runtime.yaml");
  const file = files.find((one) => idOf(one) === chosen) ?? files[0];
  if (file === undefined) return null;
  return (
    <Tabs
      className={styles.tabs ?? ""}
      selectedKey={idOf(file)}
      onSelectionChange={(key) => setChosen(String(key))}
    >
      <div className={styles.head}>
        <TabList className={styles.tabList ?? ""} aria-label={t("files")}>
          {files.map((one) => (
            <Tab key={idOf(one)} id={idOf(one)} className={styles.tab ?? ""}>
              {one.name}
            </Tab>
          ))}
        </TabList>
        <div className={styles.verbs}>
          <CopyButton text={file.text} />
          <Button icon={Save} isDisabled={isStale} onPress={onSave}>
            {t("save")}
          </Button>
        </div>
      </div>
      {files.map((one) => (
        <TabPanel key={idOf(one)} id={idOf(one)} className={styles.panel ?? ""}>
          <FileView file={one} />
        </TabPanel>
      ))}
    </Tabs>
  );
}

/** Its name without the number, which changes when an earlier file is left out. */
function idOf({ name }: DeployFile): string {
  return name.replace(/^\d+-/, "");
}

function FileView({ file }: { file: DeployFile }) {
  const t = useWords("deploy");
  const { text, theirs, differences } = file;
  const [isBeside, setIsBeside] = useState(false);
  const ours = { text, name: file.name, marks: differences.map(({ ourLines }) => ourLines) };
  return (
    <>
      {theirs && (
        <Switch isSelected={isBeside} onChange={setIsBeside}>
          {t(`beside.${theirs.of}`)}
        </Switch>
      )}
      {file.name.endsWith("connection.yaml") && (
        <p className={styles.note}>
          <Icon of={Info} />
          {t("placeholders")}
        </p>
      )}
      {isBeside && theirs ? (
        <div className={styles.beside}>
          <MarkedText
            text={theirs.text}
            name={t(`theirs.${theirs.of}`)}
            isTitled
            marks={differences.map(({ theirLines }) => theirLines)}
          />
          <MarkedText {...ours} name={t(`ours.${theirs.of}`)} isTitled />
        </div>
      ) : (
        <MarkedText {...ours} />
      )}
      {theirs && <Differences of={theirs.of} differences={differences} />}
    </>
  );
}

function Notes({ notes }: Pick<DeployManifests, "notes">) {
  const t = useWords("deploy");
  if (notes.length === 0) return null;
  return (
    <div>
      <h2 className={styles.title}>{t("notes")}</h2>
      <ul className={styles.notes}>
        {notes.map((note) => (
          <li key={note} className={styles.note}>
            <Icon of={Info} />
            {note}
          </li>
        ))}
      </ul>
    </div>
  );
}

function Commands({ manifests, folder }: { manifests: DeployManifests; folder: string }) {
  const t = useWords("deploy");
  const { build, applyFirst, apply } = manifests.commands;
  return (
    <div className={styles.commands}>
      <h2 className={styles.title}>{t("commands")}</h2>
      {build.length > 0 ? (
        <Command label={t("build")} lines={build} />
      ) : (
        <p className={styles.label}>{t("publicImage")}</p>
      )}
      {applyFirst !== undefined && <Command label={t("applyFirst")} lines={[applyFirst]} />}
      <Command label={t("apply", { folder: `${folder}/` })} lines={[apply]} />
    </div>
  );
}

function Command({ label, lines }: { label: string; lines: readonly string[] }) {
  const text = lines.join("\n");
  return (
    <div>
      <p className={styles.label}>{label}</p>
      <div className={styles.command}>
        <code>{text}</code>
        <CopyButton text={text} isSmall />
      </div>
    </div>
  );
}

function CopyButton({ text, isSmall = false }: { text: string; isSmall?: boolean }) {
  const t = useWords("deploy");
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    showToast(t("copied"));
  };
  const press = () => attempt(copy());
  if (isSmall) return <IconButton icon={Copy} size="dense" label={t("copy")} onPress={press} />;
  return (
    <Button icon={Copy} onPress={press}>
      {t("copy")}
    </Button>
  );
}
