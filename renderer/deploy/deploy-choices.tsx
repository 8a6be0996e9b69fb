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

/** The deployment mode, and KServe's version. */
export function Choices({ draft }: ChoosingProps) {
  const t = useWords("deploy");
  return (
    <>
      <Choice
        title={t("fields.mode")}
        help={t("fields.modeHelp")}
        values={MODES}
        chosen={draft.mode}
        labelOf={(value) => t(`fields.modes.${value}`)}
        onChange={(mode) => changeDeployDraft({ mode })}
      />
      <Choice
        title={t("fields.kserve")}
        values={KSERVES}
        chosen={draft.kserve}
        labelOf={(value) => t(`fields.kserves.${value}`)}
        onChange={(kserve) => changeDeployDraft({ kserve })}
      />
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
      <Choice
        title={t("fields.runtime")}
        help={t("fields.runtimeHelp")}
        values={RUNTIMES}
        chosen={draft.runtime}
        labelOf={(value) => t(`fields.runtimes.${value}`)}
        onChange={choose}
      />
      {draft.runtime === "darkroom" && (
        <Choice
          title={t("fields.scope")}
          help={t("fields.scopeHelp")}
          values={SCOPES}
          chosen={draft.runtimeScope}
          labelOf={(value) => t(`fields.scopes.${value}`)}
          onChange={(runtimeScope) => changeDeployDraft({ runtimeScope })}
        />
      )}
    </>
  );
}

interface ChoiceProps<Value extends string> {
  readonly title: string;
  readonly help?: string;
  readonly values: readonly Value[];
  /** None of the values if the draft comes from another version. */
  readonly chosen: string;
  readonly labelOf: (value: Value) => string;
  readonly onChange: (value: Value) => void;
}

/** One of a few values, side by side. */
function Choice<Value extends string>(props: ChoiceProps<Value>) {
  const { title, help, values, chosen, labelOf, onChange } = props;
  return (
    <div className={styles.choice}>
      <span className={styles.label} aria-hidden>
        {title}
      </span>
      <Chips
        label={title}
        isSegmented
        value={values.find((value) => value === chosen)}
        onChange={onChange}
        chips={values.map((value) => ({ value, label: labelOf(value) }))}
      />
      {help !== undefined && <p className={styles.help}>{help}</p>}
    </div>
  );
}
