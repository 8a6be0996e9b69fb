import { useRef } from "react";
import { Link } from "wouter";
import { changeForm } from "../../state/form.ts";
import { Button } from "../../ui/button.tsx";
import { STARTER_KNOWS } from "../../words/en/starter.ts";
import { useWords } from "../../words/words.ts";
import type { ChosenModel } from "../chosen-model.ts";
import styles from "./empty-stage.module.css";
import { useRecall } from "../use-recall.ts";

const PICTURES = "image/png,image/jpeg,image/webp";

export interface EmptyStageProps {
  readonly model: ChosenModel;
  /** Called after an example was put into the prompt. */
  readonly onChosen: () => void;
}

/** Shown before the first picture: three example prompts that suit the model. */
export function EmptyStage({ model, onChosen }: EmptyStageProps) {
  const t = useWords("generate");
  const isStarter = model.summary?.isStarter === true;
  const examples = t(isStarter ? "examples.starter" : "examples.other", { returnObjects: true });
  const input = useRef<HTMLInputElement>(null);
  const recall = useRecall();
  const use = (prompt: string) => {
    changeForm({ prompt });
    onChosen();
  };
  return (
    <section className={styles.empty}>
      <div className={styles.words}>
        <h1 className={styles.title}>{t("empty.title")}</h1>
        {isStarter && <StarterWords name={model.summary?.name ?? model.id} />}
        {/* Until it is known which model draws, nothing is known that it can draw. */}
        {model.all && (
          <ul className={styles.examples}>
            {examples.map((prompt) => (
              <li key={prompt}>
                <Button onPress={() => use(prompt)}>{prompt}</Button>
              </li>
            ))}
          </ul>
        )}
        <p className={styles.text}>
          {t("empty.hint")}{" "}
          <Button size="dense" onPress={() => input.current?.click()}>
            {t("empty.choose")}
          </Button>
        </p>
        <input
          ref={input}
          type="file"
          accept={PICTURES}
          hidden
          onChange={({ target }) => {
            const file = target.files?.[0];
            if (file) recall(file);
            target.value = "";
          }}
        />
      </div>
    </section>
  );
}

/** What the built-in model can draw, and where to get one that can draw more. */
function StarterWords({ name }: { readonly name: string }) {
  const t = useWords("generate");
  const starter = useWords("starter");
  return (
    <div className={styles.text}>
      <p>{t("empty.starter", { model: name })}</p>
      <dl className={styles.known}>
        {STARTER_KNOWS.map((kind) => (
          <div key={kind}>
            <dt>{starter(`${kind}.name`)}</dt>
            <dd>{starter(`${kind}.list`)}</dd>
          </div>
        ))}
      </dl>
      <Link href="/models?get">{t("empty.more")}</Link>
    </div>
  );
}
