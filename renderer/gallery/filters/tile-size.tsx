import { Slider, SliderThumb, SliderTrack } from "react-aria-components";
import { memo } from "react";
import { useView } from "../../state/view.ts";
import { useWords } from "../../words/words.ts";
import styles from "./toolbar.module.css";

/** Thumbnails are 320 px: beyond that tiles would only blur. */
const LARGEST = 320;
const SMALLEST = 96;
const STEP = 16;

/** How large the tiles are: by eye, so without a number. */
export const TileSize = memo(function TileSize() {
  const t = useWords("gallery");
  const tileSize = useView((view) => view.tileSize);
  return (
    <Slider
      aria-label={t("tileSize")}
      className={styles.tileSize ?? ""}
      value={tileSize}
      onChange={(size) => useView.setState({ tileSize: size })}
      minValue={SMALLEST}
      maxValue={LARGEST}
      step={STEP}
    >
      <SliderTrack className={styles.track ?? ""}>
        <SliderThumb className={styles.thumb ?? ""} />
      </SliderTrack>
    </Slider>
  );
});
