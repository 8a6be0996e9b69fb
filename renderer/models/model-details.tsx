import { useQuery } from "@tanstack/react-query";
import { CloudUpload, ImagePlus, Package, ShieldCheck, Trash2 } from "lucide-react";
import { useState } from "react";
import { useLocation } from "wouter";
import { StudioError } from "../../engine/contract/errors.ts";
import { STARTER_ID, type StoredModel } from "../../engine/contract/models.ts";
import { useStudio } from "../connection/studio.tsx";
import { changeSettings } from "../state/settings.ts";
import { Failed, Skeleton } from "../ui/async-states.tsx";
import { Button } from "../ui/button.tsx";
import { RemoveDialog } from "../ui/remove-dialog.tsx";
import { attempt } from "../ui/toasts.ts";
import { formatBytes } from "../words/format.ts";
import { useWords } from "../words/words.ts";
import { PackDialog } from "./archive/pack-dialog.tsx";
import { Fit, Judged } from "./fit.tsx";
import styles from "./model-details.module.css";
import { ModelFacts } from "./model-facts.tsx";
import { Samples } from "./samples.tsx";
import { tellFailureOf } from "../transfers/follow-transfer.ts";

export interface ModelDetailsProps {
  readonly model: StoredModel;
  readonly onPublish: () => void;
}

/** One model: what it is, how well it suits this machine, and its actions. */
export function ModelDetails({ model, onPublish }: ModelDetailsProps) {
  const t = useWords("models");
  const { id, summary, problem } = model;
  return (
    <article className={styles.details} aria-label={summary?.name ?? id}>
      <header className={styles.head}>
        <h2 className={styles.name}>{summary?.name ?? id}</h2>
        {summary && <p className={styles.description}>{summary.description}</p>}
      </header>
      {problem && (
        <Failed title={t("broken")} error={new StudioError(problem.code, problem.details)} />
      )}
      {!problem && <Fit fit={model.fit} />}
      {model.lost?.map((what) => (
        <Judged key={what} verdict="tight">
          {what}
        </Judged>
      ))}
      <ModelActions model={model} onPublish={onPublish} />
      <Samples model={model} />
      <ModelFacts model={model} />
      <ModelFiles id={id} />
    </article>
  );
}

function ModelActions({ model, onPublish }: ModelDetailsProps) {
  const t = useWords("models");
  const studio = useStudio();
  const [, navigate] = useLocation();
  const archive = useWords("archive");
  const publish = useWords("publish");
  const [isRemoving, setIsRemoving] = useState(false);
  const [isPacking, setIsPacking] = useState(false);
  const draw = async () => {
    await changeSettings(studio, { model: model.id });
    navigate("/generate");
  };
  const verify = async () => tellFailureOf(await studio.client.models.verify({ id: model.id }));
  return (
    <div className={styles.actions}>
      <Button
        variant="filled"
        icon={ImagePlus}
        isDisabled={model.problem !== undefined}
        onPress={() => attempt(draw())}
      >
        {t("details.draw")}
      </Button>
      <Button icon={ShieldCheck} onPress={() => attempt(verify())}>
        {t("details.verify")}
      </Button>
      <Button
        icon={Package}
        isDisabled={model.problem !== undefined}
        onPress={() => setIsPacking(true)}
      >
        {archive("pack.action")}
      </Button>
      <Button icon={CloudUpload} isDisabled={model.problem !== undefined} onPress={onPublish}>
        {publish("action")}
      </Button>
      {isPacking && <PackDialog model={model} onClose={() => setIsPacking(false)} />}
      {model.id !== STARTER_ID && (
        <Button variant="danger" icon={Trash2} onPress={() => setIsRemoving(true)}>
          {t("details.remove")}
        </Button>
      )}
      <RemoveDialog
        title={t("remove.title", { name: model.summary?.name ?? model.id })}
        yes={t("remove.yes")}
        isOpen={isRemoving}
        onClose={() => setIsRemoving(false)}
        onRemove={() => studio.client.models.remove({ id: model.id })}
      >
        {model.provenance?.kind === "link"
          ? t("remove.linked", { folder: model.provenance.name })
          : t("remove.text", { size: formatBytes(model.diskBytes) })}
      </RemoveDialog>
    </div>
  );
}

/** A model's files, read when the list is expanded. */
function ModelFiles({ id }: { id: string }) {
  const t = useWords("models");
  const { queries } = useStudio();
  const [isOpen, setIsOpen] = useState(false);
  const { data: files, error } = useQuery({
    ...queries.models.files.queryOptions({ input: { id } }),
    enabled: isOpen,
  });
  return (
    <details
      className={styles.files}
      open={isOpen}
      onToggle={(event) => setIsOpen(event.currentTarget.open)}
    >
      <summary>{t("details.files")}</summary>
      {error && <Failed title={t("failed")} error={error} />}
      {isOpen && files === undefined && !error && <Skeleton className={styles.file} />}
      <ul>
        {files?.map(({ path, sizeBytes, sha256 }) => (
          <li key={path} className={styles.file}>
            <code>{path}</code>
            <span>{formatBytes(sizeBytes)}</span>
            <code title={sha256}>{sha256 ?? ""}</code>
          </li>
        ))}
      </ul>
    </details>
  );
}
