import { useQuery } from "@tanstack/react-query";
import type { KubeContext } from "../../../engine/contract/clusters.ts";
import { useStudio } from "../../connection/studio.tsx";
import { Failed } from "../../ui/async-states.tsx";
import { Select } from "../../ui/select.tsx";
import { TextField } from "../../ui/text-field.tsx";
import { useDebounced } from "../../ui/use-debounced.ts";
import { useWords } from "../../words/words.ts";
import type { ClusterFieldsProps } from "./cluster-draft.ts";
import styles from "./cluster-section.module.css";

/** A path is looked up this long after the last key press, milliseconds. */
const REST_MS = 400;

/** A kubeconfig on the studio's machine, and one of its contexts. */
export function KubeconfigFields({ draft, onChange }: ClusterFieldsProps) {
  const t = useWords("clusters");
  const { queries } = useStudio();
  const typed = useDebounced(draft.path.trim(), REST_MS);
  const input = typed === "" ? {} : { path: typed };
  const { data, error } = useQuery({
    ...queries.clusters.contexts.queryOptions({ input }),
    retry: false,
    // The file may have changed since.
    staleTime: 0,
  });
  return (
    <>
      <TextField
        label={t("form.path")}
        description={t("form.pathHelp")}
        placeholder={data?.path ?? "~/.kube/config"}
        isCode
        autoComplete="off"
        spellCheck="false"
        value={draft.path}
        onChange={(path) => onChange({ path, context: "" })}
      />
      {error && <Failed title={t("form.contextsFailed")} error={error} />}
      {data?.contexts.length === 0 && <p className={styles.quiet}>{t("form.noContexts")}</p>}
      {data && data.contexts.length > 0 && (
        <Select
          label={t("form.context")}
          value={draft.context || currentOf(data)}
          onChange={(context) => onChange({ context })}
          options={data.contexts.map(optionOf)}
        />
      )}
    </>
  );
}

interface Contexts {
  readonly current?: string | undefined;
  readonly contexts: readonly KubeContext[];
}

/** The context that is used if none is chosen. */
function currentOf({ current, contexts }: Contexts): string {
  return current ?? contexts[0]?.name ?? "";
}

function optionOf({ name, namespace, fault }: KubeContext) {
  return {
    value: name,
    label: name,
    note: fault ?? namespace,
    isDisabled: fault !== undefined,
  };
}
