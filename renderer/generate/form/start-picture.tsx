import { ImageUp, X } from "lucide-react";
import { useEffect } from "react";
import { FileTrigger } from "react-aria-components";
import { changeForm, useForm } from "../../state/form.ts";
import { Button } from "../../ui/button.tsx";
import { IconButton } from "../../ui/icon-button.tsx";
import { Slider } from "../../ui/slider.tsx";
import { Tooltip } from "../../ui/tooltip.tsx";
import { useWords } from "../../words/words.ts";
import { useChosenTarget } from "../chosen-target.ts";
import styles from "./start-picture.module.css";
import { useStartPicture } from "../use-start-picture.ts";

const TYPES = ["image/png", "image/jpeg", "image/webp"];

/** Takes a picture to start from: chosen here, or pasted anywhere. */
export function AddStartPicture() {
  const t = useWords("generate");
  const start = useStartPicture();
  usePastedPicture(start);
  const { isRemote } = useChosenTarget();
  const hasImage = useForm(({ initImage }) => initImage !== undefined);
  const take = (files: FileList | null) => {
    const file = files?.[0];
    if (file) start(file);
  };
  if (hasImage) return null;
  return (
    <FileTrigger acceptedFileTypes={TYPES} onSelect={take}>
      <Tooltip text={t("start.drop")}>
        <Button variant="plain" size="dense" icon={ImageUp} isDisabled={isRemote}>
          {t("start.add")}
        </Button>
      </Tooltip>
    </FileTrigger>
  );
}

/** The picture that the next one grows out of, and how far it may go from it. */
export function StartPicture() {
  const t = useWords("generate");
  const strength = useForm((form) => form.strength);
  const image = useForm(({ initImage }) => initImage);
  if (image === undefined) return null;
  const { address, width, height } = image;
  return (
    <section className={styles.chosen} aria-label={t("start.title")}>
      <img className={styles.picture} src={address} alt={t("start.alt", { width, height })} />
      <div className={styles.fields}>
        <div className={styles.head}>
          <span>{t("start.title")}</span>
          <span className={styles.hint}>{t("stage.trueSize", { width, height })}</span>
          <IconButton
            icon={X}
            size="dense"
            label={t("start.remove")}
            onPress={() => changeForm({ initImage: undefined })}
          />
        </div>
        <Slider
          label={t("start.strength")}
          value={strength}
          onChange={(value) => changeForm({ strength: value })}
          minValue={0.05}
          maxValue={1}
          step={0.05}
          description={t("start.strengthHint")}
        />
      </div>
    </section>
  );
}

/** A picture on the clipboard, pasted anywhere: text goes where text goes. */
function usePastedPicture(take: (file: File) => void): void {
  useEffect(() => {
    const paste = ({ clipboardData }: ClipboardEvent) => {
      const file = [...(clipboardData?.files ?? [])].find(({ type }) => TYPES.includes(type));
      if (file) take(file);
    };
    document.addEventListener("paste", paste);
    return () => document.removeEventListener("paste", paste);
  }, [take]);
}
