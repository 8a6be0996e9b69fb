import type { ReactNode } from "react";
import { DEPLOY_DEFAULTS, type DeployDraft } from "../../engine/contract/deploy.ts";
import { changeDeployDraft } from "../state/deploy.ts";
import { Chips } from "../ui/chips.tsx";
import { useWords } from "../words/words.ts";
import styles from "./deploy-form.module.css";

interface ChoosingProps {
  readonly draft: DeployDraft;
}

const RUNTIMES = ["torchserve", "darkroom"] as const;
const SCOPES = ["project", "cluster"] as const;
const MODES = ["serverless", "raw"] as const;
const KSERVES = ["0.12", "0.15"] as const;

/** The deployment mode of KServe, and the serving runtime. */
export function Choices({ draft }: ChoosingProps) {
  const t = useWords("deploy");
  return (
    <>
      <Choice title={t("fields.mode")} help={t("fields.modeHelp")}>
        <Chips
          label={t("fields.mode")}
          isSegmented
          value={MODES.find((mode) => mode === draft.mode)}
          onChange={(mode) => changeDeployDraft({ mode })}
          chips={MODES.map((value) => ({ value, label: t(`fields.modes.${value}`) }))}
        />
      </Choice>
      <Choice title={t("fields.kserve")}>
        <Chips
          label={t("fields.kserve")}
          isSegmented
          value={KSERVES.find((version) => version === draft.kserve)}
          onChange={(kserve) => changeDeployDraft({ kserve })}
          chips={KSERVES.map((value) => ({ value, label: t(`fields.kserves.${value}`) }))}
        />
      </Choice>
    </>
  );
}

/** The serving runtime. Each has its own image, and only Darkroom's can be for the whole cluster. */
export function Runtime({ draft }: ChoosingProps) {
  const t = useWords("deploy");
  const choose = (runtime: (typeof RUNTIMES)[number]) => {
    const isOthers = draft.image === "" || draft.image === DEPLOY_DEFAULTS.image;
    const image = runtime === "darkroom" ? "" : DEPLOY_DEFAULTS.image;
    const { runtimeScope } = DEPLOY_DEFAULTS;
    changeDeployDraft({ runtime, runtimeScope, ...(isOthers && { image }) });
  };
  return (
    <>
      <Choice title={t("fields.runtime")} help={t("fields.runtimeHelp")}>
        <Chips
          label={t("fields.runtime")}
          isSegmented
          value={RUNTIMES.find((runtime) => runtime === draft.runtime)}
          onChange={choose}
          chips={RUNTIMES.map((value) => ({ value, label: t(`fields.runtimes.${value}`) }))}
        />
      </Choice>
      {draft.runtime === "darkroom" && (
        <Choice title={t("fields.scope")} help={t("fields.scopeHelp")}>
          <Chips
            label={t("fields.scope")}
            isSegmented
            value={SCOPES.find((scope) => scope === draft.runtimeScope)}
            onChange={(runtimeScope) => changeDeployDraft({ runtimeScope })}
            chips={SCOPES.map((value) => ({ value, label: t(`fields.scopes.${value}`) }))}
          />
        </Choice>
      )}
    </>
  );
}

interface ChoiceProps {
  readonly title: string;
  readonly help?: string;
  readonly children: ReactNode;
}

function Choice({ title, help, children }: ChoiceProps) {
  return (
    <div className={styles.choice}>
      <span className={styles.label} aria-hidden>
        {title}
      </span>
      {children}
      {help !== undefined && <p className={styles.help}>{help}</p>}
    </div>
  );
}
