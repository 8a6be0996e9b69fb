import { useStudio } from "../../connection/studio.tsx";
import { changeForm } from "../../state/form.ts";
import { changeSettings } from "../../state/settings.ts";
import { Select } from "../../ui/select.tsx";
import { attempt } from "../../ui/toasts.ts";
import { useWords } from "../../words/words.ts";
import type { ChosenModel } from "../chosen-model.ts";
import { useChosenTarget } from "../chosen-target.ts";

/** What one model recommends means nothing to another. */
const OWN = {
  width: undefined,
  height: undefined,
  steps: undefined,
  guidanceScale: undefined,
  scheduler: undefined,
  precision: undefined,
  guidanceInterval: undefined,
  cacheInterval: undefined,
  isPresetChosen: false,
};

/** Which model draws: one of this machine, or the endpoint's. */
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
  const options = all.map(({ id: value, summary, problem }) => ({
    value,
    label: summary?.name ?? value,
    note: summary?.isStarter === true ? t("modelStarter") : undefined,
    isDisabled: problem !== undefined,
  }));
  const missing = { value: id, label: t("modelMissing", { model: id }), isDisabled: true };
  const choose = (value: string) => {
    if (value === id) return;
    changeForm(OWN);
    attempt(changeSettings(studio, { model: value }));
  };
  return (
    <Select
      label={t("model")}
      value={id}
      onChange={choose}
      options={stored === undefined && model.all ? [...options, missing] : options}
      isDisabled={model.all === undefined}
    />
  );
}
