import { ArrowLeftRight } from "lucide-react";
import { MAX_SIDE } from "../../../engine/contract/request.ts";
import { changeForm, MIN_SIDE, snapSide, useFormSettings } from "../../state/form.ts";
import { Chips } from "../../ui/chips.tsx";
import { IconButton } from "../../ui/icon-button.tsx";
import { NumberField } from "../../ui/number-field.tsx";
import { useWords } from "../../words/words.ts";
import type { ChosenModel } from "../chosen-model.ts";
import styles from "./form-panel.module.css";
import { Ignorable } from "./ignorable.tsx";
import { gridOf, ratioOf, ratiosFor, sizeOf, type Size } from "./ratios.ts";
import { wantedFrom } from "../press/wanted.ts";

/** The picture's size: a ratio, or two numbers. */
export function SizeFields({ model: { summary } }: { model: ChosenModel }) {
  const t = useWords("generate");
  const form = useFormSettings();
  const { width, height } = wantedFrom(form, summary);
  const size: Size = { width, height };
  const grid = gridOf(summary ?? { width: 768, height: 768 });
  const change = (changed: Partial<Size>) => {
    const sides = { ...size, ...changed };
    changeForm({ width: snapSide(sides.width, grid), height: snapSide(sides.height, grid) });
  };
  return (
    <fieldset className={styles.section}>
      <legend className={styles.title}>{t("size.title")}</legend>
      <Ignorable setting="size">
        <Chips
          label={t("size.ratios")}
          isSegmented
          isTall
          value={ratioOf(size, grid)}
          onChange={(ratio) => changeForm(sizeOf(ratio, size, grid))}
          chips={ratiosFor(size, grid).map((ratio) => ({
            value: ratio,
            name: ratio,
            label: <Shape ratio={ratio} />,
            hint: t("stage.trueSize", { ...sizeOf(ratio, size, grid) }),
          }))}
        />
        <div className={styles.sides}>
          <NumberField
            label={t("size.width")}
            value={width}
            onChange={(value) => change({ width: value })}
            minValue={MIN_SIDE}
            maxValue={MAX_SIDE}
            step={grid}
          />
          <IconButton
            icon={ArrowLeftRight}
            label={t("size.swap")}
            onPress={() => changeForm({ width: height, height: width })}
          />
          <NumberField
            label={t("size.height")}
            value={height}
            onChange={(value) => change({ height: value })}
            minValue={MIN_SIDE}
            maxValue={MAX_SIDE}
            step={grid}
          />
        </div>
      </Ignorable>
    </fieldset>
  );
}

/** A ratio as a small frame with that shape, and as text. */
function Shape({ ratio }: { ratio: string }) {
  const [across = 1, down = 1] = ratio.split(":").map(Number);
  const scale = 13 / Math.max(across, down);
  return (
    <span className={styles.shape}>
      <span
        className={styles.outline}
        style={{ width: across * scale, height: down * scale }}
        aria-hidden
      />
      {ratio}
    </span>
  );
}
