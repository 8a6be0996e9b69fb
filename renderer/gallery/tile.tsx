import { Check, ImageOff, Star } from "lucide-react";
import { memo } from "react";
import type { Image } from "../../engine/contract/gallery.ts";
import { useImageName } from "../picture/picture.tsx";
import { useChoice } from "../state/choice.ts";
import { useImages } from "../state/images.ts";
import { classNames } from "../ui/class-names.ts";
import { Icon } from "../ui/icon.tsx";
import { useWords } from "../words/words.ts";
import { boxOf } from "./box-of.ts";
import styles from "./tile.module.css";
import { useRenewal } from "./use-renewal.ts";

export interface TileProps {
  readonly id: string;
  readonly column: number;
  /** Pixels. */
  readonly side: number;
  /** Of the sheet's first picture, the tab stop before there is another. */
  readonly firstId: string | undefined;
}

/** As most pictures are, before one says how it is. */
const SQUARE = { width: 1024, height: 1024 };

/**
 * One picture of the sheet. Its marks are for the pointer: what they do, Ctrl+Space and `.` do too.
 * The grid around it listens to all that happens here.
 */
export const Tile = memo(function Tile({ id, column, side, firstId }: TileProps) {
  const image = useImages((images) => images[id]);
  const isChosen = useChoice(({ chosen }) => chosen.has(id));
  const isTabStop = useChoice(({ focused = firstId }) => focused === id);
  return (
    <div
      role="gridcell"
      data-id={id}
      aria-colindex={column + 1}
      aria-selected={isChosen}
      tabIndex={isTabStop ? 0 : -1}
      className={styles.tile}
    >
      {image ? (
        <Content image={image} side={side} />
      ) : (
        <div className={styles.coming} style={boxOf(SQUARE, side)} aria-hidden />
      )}
    </div>
  );
});

function Content({ image, side }: { image: Image; side: number }) {
  const t = useWords("gallery");
  const plain = useImageName(image.record);
  const name = image.isStarred ? t("starredName", { name: plain }) : plain;
  const { isBroken, onError } = useRenewal(image);
  const isGone = image.isMissing || isBroken;
  return (
    <div className={styles.box} style={boxOf(isGone ? SQUARE : image.record, side)}>
      {isGone ? (
        <div role="img" aria-label={t("missingName", { name })} className={styles.missing}>
          <Icon of={ImageOff} size={20} />
          <span>{image.isMissing ? t("missing") : t("broken")}</span>
        </div>
      ) : (
        <img
          className={styles.picture}
          src={image.thumbnail}
          alt={name}
          decoding="async"
          draggable
          onError={onError}
        />
      )}
      <Marks image={image} />
    </div>
  );
}

function Marks({ image }: { image: Image }) {
  return (
    <>
      <span data-does="choose" aria-hidden className={styles.choose}>
        <Icon of={Check} />
      </span>
      {!image.isTrashed && (
        <span
          data-does="star"
          aria-hidden
          className={classNames(styles.star, image.isStarred && styles.starred)}
        >
          <Icon of={Star} />
        </span>
      )}
    </>
  );
}
