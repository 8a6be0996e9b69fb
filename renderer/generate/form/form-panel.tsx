import type { Ref } from "react";
import { LOCAL_TARGET } from "../../../engine/contract/generation.ts";
import { useForm } from "../../state/form.ts";
import { useIsStacked } from "../../ui/columns.tsx";
import { useDebounced } from "../../ui/use-debounced.ts";
import { starter } from "../../words/en/starter.ts";
import { useWords } from "../../words/words.ts";
import styles from "./form-panel.module.css";
import { Ignorable } from "./ignorable.tsx";
import { ModelField, ResetSettings } from "./model-field.tsx";
import { AddNegativePrompt, NegativePrompt } from "./negative-prompt.tsx";
import { Press, type PressProps } from "../press/press.tsx";
import { PromptField } from "./prompt-field.tsx";
import { QualityFields } from "./quality-fields.tsx";
import { SeedField } from "./seed-field.tsx";
import { SizeFields } from "./size-fields.tsx";
import { AddStartPicture, StartPicture } from "./start-picture.tsx";
import { AddGrid } from "../grid/grid-dialog.tsx";
import { AddStyle, ChosenStyles } from "../styles/style-picker.tsx";
import { TargetField } from "./target-field.tsx";

export interface FormPanelProps extends PressProps {
  readonly promptRef: Ref<HTMLTextAreaElement>;
}

/** All settings, and the Generate button. */
export function FormPanel({ promptRef, ...press }: FormPanelProps) {
  const t = useWords("generate");
  const { model } = press;
  // Below the picture there is little room, and the prompt is needed first.
  const isStacked = useIsStacked();
  const place = (
    // The key keeps what is open in it when it moves.
    <div key="place" className={styles.section}>
      <TargetField />
      <ModelField model={model} />
    </div>
  );
  return (
    <section className={styles.panel} aria-label={t("form")}>
      <div className={styles.fields}>
        {!isStacked && place}
        <div className={styles.section}>
          <PromptField model={model.id} inputRef={promptRef} />
          <StarterNote model={model} />
          <NegativePrompt model={model.id} />
          <ChosenStyles />
          <StartPicture model={model} />
          <Extras model={model} reasons={press.reasons} />
        </div>
        {isStacked && place}
        <SizeFields model={model} />
        <QualityFields model={model} />
        <div className={styles.section}>
          <Ignorable setting="seed">
            <SeedField />
          </Ignorable>
          <ResetSettings />
        </div>
      </div>
      <Press {...press} />
    </section>
  );
}

/** Optional parts of a prompt, each a button in one line until it is added. */
function Extras({ model, reasons }: Pick<PressProps, "model" | "reasons">) {
  return (
    <div className={styles.extras}>
      <AddNegativePrompt />
      <AddStartPicture />
      <AddStyle model={model} />
      <AddGrid model={model} reasons={reasons} />
    </div>
  );
}

/** A prompt is read after this time without another key, milliseconds: its noun may come last. */
const PATIENCE_MS = 1500;

const THINGS = starter.things.list.split(", ");

/** Shown below a prompt that names nothing the built-in model can draw. */
function StarterNote({ model: { summary } }: Pick<PressProps, "model">) {
  const t = useWords("starter");
  const prompt = useDebounced(
    useForm((form) => form.prompt),
    PATIENCE_MS,
  );
  const isLocal = useForm(({ target }) => target === LOCAL_TARGET);
  if (!isLocal || summary?.isStarter !== true || !namesNoThing(prompt)) return null;
  return (
    <p className={styles.hint} role="status">
      {t("only", { model: summary.name, things: t("things.list") })}
    </p>
  );
}

/** Whether a prompt has words, but none for a thing that the built-in model can draw. */
export function namesNoThing(prompt: string): boolean {
  const words = prompt.toLowerCase().match(/\p{L}+/gu) ?? [];
  return (
    words.length > 0 && !words.some((word) => THINGS.includes(word.replace(/(?<=[xsh])es$|s$/, "")))
  );
}
