import { useLocation } from "wouter";
import { LOCAL_TARGET } from "../../../engine/contract/generation.ts";
import { ReadinessSign, ReadinessWord } from "../../picture/readiness.tsx";
import { useTargetName } from "../../picture/targets.ts";
import { readinessOf } from "../../state/endpoints.ts";
import { changeForm } from "../../state/form.ts";
import { Select, type SelectOption } from "../../ui/select.tsx";
import { useWords } from "../../words/words.ts";
import { ExtraTargets } from "./extra-targets.tsx";
import { useChosenTarget } from "../chosen-target.ts";

/** Cannot be the id of an endpoint: ids contain no space. */
const ADD = "add one";

/** Where to draw: this device, or an endpoint, with its state. */
export function TargetField() {
  const t = useWords("generate");
  const readiness = useWords("endpoints");
  const nameOf = useTargetName();
  const [, navigate] = useLocation();
  const { id, isRemote, endpoint, all = [] } = useChosenTarget();
  const isGone = isRemote && endpoint === undefined;
  const options: readonly SelectOption<string>[] = [
    { value: LOCAL_TARGET, label: t("target.local") },
    ...all.map((one) => ({
      value: one.id,
      label: one.name,
      sign: <ReadinessSign readiness={readinessOf(one)} />,
      note: readiness(`readiness.${readinessOf(one)}`),
    })),
    ...(isGone ? [{ value: id, label: nameOf(id), isDisabled: true }] : []),
    { value: ADD, label: t("target.add") },
  ];
  return (
    <>
      <Select
        label={t("target.title")}
        value={id}
        onChange={(value) => {
          if (value === ADD) navigate("/endpoints?add");
          else changeForm({ target: value });
        }}
        options={options}
        aside={endpoint && <ReadinessWord readiness={readinessOf(endpoint)} />}
      />
      <ExtraTargets />
    </>
  );
}
