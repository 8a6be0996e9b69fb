import { RotateCcw } from "lucide-react";
import type { StoredModel } from "../../../engine/contract/models.ts";
import { useStudio } from "../../connection/studio.tsx";
import { changeForm, useForm } from "../../state/form.ts";
import { changeSettings } from "../../state/settings.ts";
import { Button } from "../../ui/button.tsx";
import { Select } from "../../ui/select.tsx";
import { attempt, showUndo } from "../../ui/toasts.ts";
import { formatDuration } from "../../words/format.ts";
import { useWords } from "../../words/words.ts";
import type { ChosenModel } from "../chosen-model.ts";
import { useChosenTarget } from "../chosen-target.ts";
import { useEstimate } from "../press/estimate.ts";
import { requestFrom, wantedFrom } from "../press/wanted.ts";
import { isReset, OWN_SETTINGS, RESET, resettable } from "../../state/presets.ts";

/** The model: one on this machine, or the endpoint's. */
export function ModelField({ model }: { model: ChosenModel }) {
  const { isRemote, endpoint } = useChosenTarget();
  return isRemote ? <EndpointModel name={endpoint?.model ?? ""} /> : <OwnModel model={model} />;
}

/** An endpoint's model is set on the Endpoints page. */
function EndpointModel({ name }: { name: string }) {
  const t = useWords("generate");
  return (
    <Select
      label={t("model")}
      value={name}
      onChange={() => {}}
      options={[{ value: name, label: name }]}
      description={t("target.model")}
      isDisabled
    />
  );
}

function OwnModel({ model }: { model: ChosenModel }) {
  const t = useWords("generate");
  const studio = useStudio();
  const { id, all = [], stored } = model;
  const starterNote = (summary: StoredModel["summary"]) =>
    summary?.isStarter === true ? t("modelStarter") : undefined;
  const options = all.map(({ id: value, summary, problem }) => ({
    value,
    label: summary?.name ?? value,
    note: problem ? t("off.model") : starterNote(summary),
    isDisabled: problem !== undefined,
  }));
  // The chosen one by its id, until there is a list.
  const only = [{ value: id, label: id }];
  const missing = { value: id, label: t("modelMissing", { model: id }), isDisabled: true };
  const choose = (value: string) => {
    if (value === id) return;
    changeForm(OWN_SETTINGS);
    attempt(changeSettings(studio, { model: value }));
  };
  return (
    <Select
      label={t("model")}
      value={id}
      onChange={choose}
      options={model.all ? [...options, ...(stored ? [] : [missing])] : only}
      isDisabled={model.all === undefined}
      aside={<ExpectedTime model={model} />}
    />
  );
}

/** The expected time of a picture with the present settings. */
function ExpectedTime({ model }: { model: ChosenModel }) {
  const t = useWords("generate");
  const form = useForm();
  const request = requestFrom(form, model.id, wantedFrom(form, model.summary));
  const estimate = useEstimate(request, model.summary !== undefined);
  return estimate && t("modelTime", { time: formatDuration(estimate.seconds) });
}

/** Resets everything but the prompts to the model's recommendations, with a new seed. */
export function ResetSettings() {
  const t = useWords("generate");
  const isDone = useForm(isReset);
  return (
    <div>
      <Button
        variant="plain"
        size="dense"
        icon={RotateCcw}
        isDisabled={isDone}
        reason={isDone ? t("off.reset") : undefined}
        onPress={reset(t("resetDone"), t("resetUndo"))}
      >
        {t("reset")}
      </Button>
    </div>
  );
}

/** Resets to the model's recommendations; this can be undone. */
function reset(told: string, undo: string): () => void {
  return () => {
    const before = resettable(useForm.getState());
    changeForm(RESET);
    showUndo(told, { label: undo, run: () => changeForm(before) });
  };
}
