import { Check, CircleAlert, FolderInput, Link2, PackageOpen } from "lucide-react";
import { useEffect, useState, useRef } from "react";
import { useSearchParams } from "wouter";
import type { ScannedModel } from "../../engine/contract/folders.ts";
import { useStudio } from "../connection/studio.tsx";
import { useImport } from "../transfers/use-import.ts";
import { Failed } from "../ui/async-states.tsx";
import { Button } from "../ui/button.tsx";
import { Icon } from "../ui/icon.tsx";
import { useKeptFocus } from "../ui/use-kept-focus.ts";
import { attempt, showToast } from "../ui/toasts.ts";
import { formatBytes, formatCount } from "../words/format.ts";
import { useWords } from "../words/words.ts";
import { ShortFit } from "./fit.tsx";
import { TimeOf } from "./samples.tsx";
import styles from "./scan-results.module.css";
import { useScan } from "./use-scan.ts";

/** The results of searching a folder tree so far; the search of `folder` starts when this is shown. */
export function ScanResults({ folder, onClose }: { folder: string; onClose: () => void }) {
  const t = useWords("models");
  const scan = useScan(folder);
  const { found, closed, error, end } = scan;
  const title = useRef<HTMLHeadingElement>(null);
  // They are below the button that started the search, and move out of view while more arrive.
  useEffect(() => title.current?.focus(), []);
  useEffect(() => {
    const { current } = title;
    if (document.activeElement === current) current?.scrollIntoView({ block: "start" });
  }, [found.length, end]);
  const usable = found.filter(({ problem }) => problem === undefined);
  const others = found.filter(({ problem }) => problem !== undefined);
  return (
    <section className={styles.results} aria-label={t("scan.title")}>
      <h3 ref={title} tabIndex={-1} className={styles.title}>
        {t("scan.title")}
      </h3>
      <Head scan={scan} count={usable.length} onClose={onClose} />
      {error && <Failed title={t("scan.failed")} error={error} />}
      <ul className={styles.rows}>
        {usable.map((model) => (
          <Row key={model.path} model={model} />
        ))}
      </ul>
      <Unusable models={others} closed={closed} />
    </section>
  );
}

interface HeadProps {
  readonly scan: ReturnType<typeof useScan>;
  /** Number of usable models so far. */
  readonly count: number;
  readonly onClose: () => void;
}

/** The search's progress, with a button that stops it or closes the results. */
function Head({ scan, count, onClose }: HeadProps) {
  const t = useWords("models");
  const { end, at } = scan;
  const isRunning = end === "running";
  const entries = formatCount(scan.entries);
  return (
    <>
      <header className={styles.head}>
        <p role="status">{t(`scan.${end}`, { count, entries })}</p>
        <Button size="dense" onPress={isRunning ? scan.stop : onClose}>
          {t(isRunning ? "scan.stop" : "scan.close")}
        </Button>
      </header>
      {isRunning && <code className={styles.folder}>{at}</code>}
    </>
  );
}

interface UnusableProps {
  readonly models: readonly ScannedModel[];
  readonly closed: readonly string[];
}

/** Models that cannot be used, with the reasons, and folders that could not be opened. */
function Unusable({ models, closed }: UnusableProps) {
  const t = useWords("models");
  return (
    <>
      {models.length > 0 && (
        <details className={styles.others}>
          <summary>{t("scan.others", { count: models.length })}</summary>
          <ul className={styles.rows}>
            {models.slice(0, MOST).map((model) => (
              <Row key={model.path} model={model} />
            ))}
          </ul>
        </details>
      )}
      {closed.length > 0 && (
        <details className={styles.others}>
          <summary>{t("scan.closed", { count: closed.length })}</summary>
          <ul>
            {closed.slice(0, MOST).map((path) => (
              <li key={path}>
                <code>{path}</code>
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

/** Maximum number of unusable models shown. */
const MOST = 500;

/** A model that was found, with its actions, or the reason why it cannot be used. */
function Row({ model }: { model: ScannedModel }) {
  const { path, name, kind, summary, problem, fit, estimate, storedId } = model;
  const row = useRef<HTMLLIElement>(null);
  useKeptFocus(row);
  return (
    <li ref={row} className={styles.row}>
      <div className={styles.words}>
        <span className={styles.name}>{name}</span>
        {summary && (
          <span className={styles.note}>
            {`${summary.description} ${summary.width} × ${summary.height}, ${formatBytes(summary.sizeBytes)}`}
          </span>
        )}
        {fit && (
          <span className={styles.verdict}>
            <ShortFit verdict={fit.verdict} />
            <TimeOf estimate={estimate} />
          </span>
        )}
        {problem && (
          <span className={styles.problem}>
            <Icon of={CircleAlert} />
            {problem.message}
          </span>
        )}
        <code className={styles.folder}>{path}</code>
      </div>
      {problem === undefined && <Ways path={path} name={name} kind={kind} storedId={storedId} />}
    </li>
  );
}

function Ways({
  path,
  name,
  kind,
  storedId,
}: Pick<ScannedModel, "path" | "name" | "kind" | "storedId">) {
  const t = useWords("models");
  const { client } = useStudio();
  const [, setAddress] = useSearchParams();
  const importing = useImport();
  const [id, setId] = useState(storedId);
  const link = async () => {
    const linked = await client.models.link({ folder: path });
    setId(linked.id);
    showToast(t("scan.linked", { name }), {
      label: t("scan.open"),
      run: () => setAddress({ model: linked.id }),
    });
  };
  if (id !== undefined) {
    return (
      <Button size="dense" icon={Check} onPress={() => setAddress({ model: id })}>
        {t("scan.open")}
      </Button>
    );
  }
  if (kind === "archive") {
    return (
      <Button size="dense" icon={PackageOpen} onPress={() => setAddress({ archive: path })}>
        {t("import.look")}
      </Button>
    );
  }
  return (
    <div className={styles.ways}>
      <Button
        size="dense"
        icon={Link2}
        aria-label={`${t("scan.use")}: ${name}`}
        onPress={() => attempt(link())}
      >
        {t("scan.use")}
      </Button>
      <Button
        size="dense"
        variant="plain"
        icon={FolderInput}
        aria-label={`${t("scan.copy")}: ${name}`}
        onPress={() => importing(name, client.models.import({ folder: path }))}
      >
        {t("scan.copy")}
      </Button>
    </div>
  );
}
