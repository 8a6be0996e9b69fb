import { ImageUp, Proportions, X } from "lucide-react";
import { useEffect } from "react";
import { FileTrigger } from "react-aria-components";
import type { ResizeMode } from "../../../engine/contract/resize-mode.ts";
import { hasOtherShape } from "../../picture/start-image-field.tsx";
import { changeForm, useForm, useFormSettings } from "../../state/form.ts";
import { Button } from "../../ui/button.tsx";
import { Chips } from "../../ui/chips.tsx";
import { IconButton } from "../../ui/icon-button.tsx";
import { Slider } from "../../ui/slider.tsx";
import { Tooltip } from "../../ui/tooltip.tsx";
import { useWords } from "../../words/words.ts";
import type { ChosenModel } from "../chosen-model.ts";
import { useChosenTarget } from "../chosen-target.ts";
import { wantedFrom } from "../press/wanted.ts";
import { gridOf, type Size, sizeOfShape } from "./ratios.ts";
import styles from "./start-picture.module.css";
import { useStartPicture } from "../use-start-picture.ts";

const TYPES = ["image/png", "image/jpeg", "image/webp"];

/** Adds a start image: chosen here, or pasted anywhere. */
export function AddStartPicture() {
  const t = useWords("generate");
  const words = useWords("picture");
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
        <Button
          variant="plain"
          size="dense"
          icon={ImageUp}
          isDisabled={isRemote}
          reason={isRemote ? words("off.remote") : undefined}
        >
          {t("start.add")}
        </Button>
      </Tooltip>
    </FileTrigger>
  );
}

/** The start image, and how much the result may differ from it. */
export function StartPicture({ model: { summary } }: { readonly model: ChosenModel }) {
  const t = useWords("generate");
  const form = useFormSettings();
  const { strength, resizeMode, initImage: image } = form;
  if (image === undefined) return null;
  const { address, width, height } = image;
  const wanted = wantedFrom(form, summary);
  const own = sizeOfShape(image, wanted, gridOf(summary ?? { width: 768, height: 768 }));
  return (
    <section className={styles.chosen} aria-label={t("start.title")}>
      <span className={styles.easel}>
        <img
          className={styles.picture}
          src={address}
          alt={t("start.alt", { width, height })}
          style={frameOf(wanted, resizeMode)}
        />
      </span>
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
        {hasOtherShape(image, wanted) && <Fit mode={resizeMode} />}
        {(own.width !== wanted.width || own.height !== wanted.height) && (
          <Button size="dense" icon={Proportions} onPress={() => changeForm(own)}>
            {t("start.ratio")}
          </Button>
        )}
      </div>
    </section>
  );
}

/** In display order. */
const MODES: readonly ResizeMode[] = ["crop", "fill", "default"];

/** How a start image of another aspect ratio is fitted to the picture's size. */
function Fit({ mode }: { readonly mode: ResizeMode }) {
  const t = useWords("generate");
  return (
    <>
      <Chips
        label={t("start.fit")}
        isSegmented
        value={mode}
        onChange={(resizeMode) => changeForm({ resizeMode })}
        chips={MODES.map((value) => ({ value, label: t(`start.modes.${value}`) }))}
      />
      <p className={styles.hint}>{t(`start.modeHints.${mode}`)}</p>
    </>
  );
}

const OBJECT_FITS = { crop: "cover", fill: "contain", default: "fill" } as const;

/** The start image as it is used: in the picture's aspect ratio. */
function frameOf({ width, height }: Size, mode: ResizeMode) {
  return {
    aspectRatio: `${width} / ${height}`,
    [width < height ? "height" : "width"]: "100%",
    objectFit: OBJECT_FITS[mode],
  };
}

/** Accepts a picture pasted anywhere; pasted text still goes into the focused field. */
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
