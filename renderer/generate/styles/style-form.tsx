import { useState } from "react";
import type { ModelSummary } from "../../../engine/contract/models.ts";
import type { Style, StyleSettings } from "../../../engine/contract/styles.ts";
import { useStudio } from "../../connection/studio.tsx";
import { changeForm, useForm } from "../../state/form.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Switch } from "../../ui/switch.tsx";
import { TextField } from "../../ui/text-field.tsx";
import { attempt, showToast } from "../../ui/toasts.ts";
import { useWords } from "../../words/words.ts";
import { wantedFrom } from "../press/wanted.ts";
import css from "./styles.module.css";
import { useStyles } from "./use-styles.ts";

/** Maximum number of characters of a name; the prompts have the usual limit. */
const MAX_NAME = 100;

/** The form's content as a style without a name. */
export function styleFromForm(summary: ModelSummary | undefined): Style {
  const form = useForm.getState();
  const { prompt, negativePrompt, scheduler, precision, guidanceInterval, cacheInterval } = form;
  const { width, height, steps, guidanceScale } = wantedFrom(form, summary);
  return {
    name: "",
    prompt,
    negativePrompt,
    settings: {
      width,
      height,
      steps,
      guidanceScale,
      ...(scheduler !== undefined && { scheduler }),
      ...(precision !== undefined && { precision }),
      ...(guidanceInterval !== undefined && { guidanceInterval }),
      ...(cacheInterval !== undefined && { cacheInterval }),
    },
  };
}

export interface StyleFormProps {
  readonly style: Style;
  readonly onClose: () => void;
  /** Whether it is not saved yet; its settings are then left out unless the user includes them. */
  readonly isNew?: boolean;
}

/** Name, prompts and settings of one style. */
export function StyleForm({ style, onClose, isNew = false }: StyleFormProps) {
  const t = useWords("generate");
  const { client } = useStudio();
  const all = useStyles();
  const [draft, setDraft] = useState(style);
  const [hasSettings, setHasSettings] = useState(!isNew);
  const name = draft.name.trim();
  const isTaken = name !== style.name && all.some((one) => one.name === name);
  const isSound = name !== "" && !isTaken;
  const settings = useSettingWords(style.settings);
  const save = async () => {
    const saved = { ...draft, name, settings: hasSettings ? style.settings : {} };
    await client.styles.save({ styles: [saved], ...(!isNew && { replaces: style.name }) });
    const { styles: chosen } = useForm.getState();
    changeForm({ styles: chosen.map((one) => (one === style.name ? name : one)) });
    showToast(t("styles.saved"));
    onClose();
  };
  return (
    <Dialog
      title={t(isNew ? "styles.new" : "styles.editing")}
      isOpen
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>{t("styles.cancel")}</Button>
          <Button variant="filled" isDisabled={!isSound} onPress={() => attempt(save())}>
            {t("styles.keep")}
          </Button>
        </>
      }
    >
      <form
        className={css.fields}
        onSubmit={(event) => {
          event.preventDefault();
          if (isSound) attempt(save());
        }}
      >
        <Texts draft={draft} onChange={setDraft} error={isTaken ? t("styles.taken") : undefined} />
        {settings !== "" && (
          <Switch isSelected={hasSettings} onChange={setHasSettings}>
            {t("styles.settings", { settings })}
          </Switch>
        )}
      </form>
    </Dialog>
  );
}

interface TextsProps {
  readonly draft: Style;
  readonly onChange: (draft: Style) => void;
  /** The error in the name. */
  readonly error: string | undefined;
}

function Texts({ draft, onChange, error }: TextsProps) {
  const t = useWords("generate");
  return (
    <>
      <TextField
        label={t("styles.name")}
        value={draft.name}
        maxLength={MAX_NAME}
        autoFocus
        error={error}
        onChange={(value) => onChange({ ...draft, name: value })}
      />
      <TextField
        label={t("styles.prompt")}
        description={t("styles.promptHelp", { interpolation: { skipOnVariables: true } })}
        rows={3}
        value={draft.prompt}
        onChange={(prompt) => onChange({ ...draft, prompt })}
      />
      <TextField
        label={t("styles.negativePrompt")}
        rows={2}
        value={draft.negativePrompt}
        onChange={(negativePrompt) => onChange({ ...draft, negativePrompt })}
      />
    </>
  );
}

/** A style's settings in words. */
function useSettingWords(settings: StyleSettings): string {
  const t = useWords("generate");
  const names = useWords("picture");
  const { width, height, steps, guidanceScale, scheduler, preset } = settings;
  const isFaster = [settings.precision, settings.cacheInterval, settings.guidanceInterval].some(
    (value) => value !== undefined,
  );
  return [
    width !== undefined && height !== undefined && t("styles.size", { width, height }),
    steps !== undefined && t("styles.steps", { count: steps }),
    guidanceScale !== undefined && t("styles.guidance", { value: guidanceScale }),
    preset !== undefined && t("styles.preset", { value: names(`presets.${preset}`) }),
    scheduler !== undefined && t("styles.sampler", { value: names(`schedulers.${scheduler}`) }),
    isFaster && t("styles.faster"),
  ]
    .filter(Boolean)
    .join(", ");
}
