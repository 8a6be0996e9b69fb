import type { ReactNode } from "react";
import { Slider as AriaSlider, SliderThumb, SliderTrack } from "react-aria-components";
import field from "./field.module.css";
import { NumberField, type NumberFieldProps } from "./number-field.tsx";
import styles from "./slider.module.css";

export interface SliderProps extends NumberFieldProps {
  /** The end of the slider, if the number may exceed the useful range. */
  readonly slideTo?: number;
  readonly description?: ReactNode;
  /** A Help element that explains the label. */
  readonly help?: ReactNode;
}

/** A number with a slider. */
export function Slider({ slideTo, description, help, ...number }: SliderProps) {
  const { value, onChange, minValue, step = 1, isDisabled = false } = number;
  const maxValue = slideTo ?? number.maxValue;
  return (
    <div className={field.field}>
      <div className={styles.row}>
        <span className={field.words}>
          <span className={field.label} aria-hidden>
            {number.label}
          </span>
          {help}
        </span>
        <div className={styles.number}>
          <NumberField {...number} isLabelHidden />
        </div>
      </div>
      <AriaSlider
        aria-label={number.label}
        value={Math.min(value, maxValue)}
        onChange={onChange}
        minValue={minValue}
        maxValue={maxValue}
        step={step}
        isDisabled={isDisabled}
      >
        <SliderTrack className={styles.track ?? ""}>
          {({ state }) => (
            <>
              <div
                className={styles.fill}
                style={{ inlineSize: `${state.getThumbPercent(0) * 100}%` }}
              />
              <SliderThumb className={styles.thumb ?? ""} />
            </>
          )}
        </SliderTrack>
      </AriaSlider>
      {description !== undefined && <p className={field.description}>{description}</p>}
    </div>
  );
}
