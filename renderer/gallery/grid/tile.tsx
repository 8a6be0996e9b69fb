import { Check, Heart, ImageOff, Star } from "lucide-react";
import {
  createContext,
  memo,
  type ReactNode,
  useContext,
  useEffect,
  useMemo,
  useState,
} from "react";
import type { Image } from "../../../engine/contract/gallery.ts";
import { useStudio } from "../../connection/studio.tsx";
import { nameOf } from "../../picture/picture.tsx";
import { useChoice } from "../../state/choice.ts";
import { useConnection } from "../../state/connection.ts";
import { useImages, wantImages } from "../../state/images.ts";
import { classNames } from "../../ui/class-names.ts";
import { Icon } from "../../ui/icon.tsx";
import { useWords } from "../../words/words.ts";
import { boxOf } from "./day-layout.ts";
import styles from "./tile.module.css";

/** The texts of tiles, looked up once for all of them, since a lookup for each tile is too slow. */
export function useTileWords() {
  const gallery = useWords("gallery");
  const picture = useWords("picture");
  return useMemo(() => ({ gallery, picture }), [gallery, picture]);
}

export const TileWords = createContext<ReturnType<typeof useTileWords> | undefined>(undefined);

export interface TileProps {
  readonly id: string;
  readonly column: number;
  /** Side of the tile, pixels. */
  readonly side: number;
  /** Id of the sheet's first picture, which is the tab stop until another is focused. */
  readonly firstId: string | undefined;
}

/** The usual aspect ratio, assumed until a picture's own is known. */
const SQUARE = { width: 1024, height: 1024 };

/** A touch screen has no hover, so the selection mark is always visible there. */
const isTouched = matchMedia("(hover: none)").matches;

/**
 * One picture of the sheet. Its marks are for the pointer; Ctrl+Space and `.` do the same. The grid around it handles
 * all events.
 */
export const Tile = memo(function Tile({ id, column, side, firstId }: TileProps) {
  const image = useImages((images) => images[id]);
  const isChosen = useChoice(({ chosen }) => chosen.has(id));
  const isTabStop = useChoice(({ focused = firstId }) => focused === id);
  const [isPointedAt, setIsPointedAt] = useState(isTouched);
  return (
    <div
      role="gridcell"
      data-id={id}
      aria-colindex={column + 1}
      aria-selected={isChosen}
      tabIndex={isTabStop ? 0 : -1}
      className={styles.tile}
      onPointerEnter={() => setIsPointedAt(true)}
      onPointerLeave={() => setIsPointedAt(isTouched)}
    >
      {image ? (
        <Content image={image} side={side}>
          {(isChosen || isPointedAt) && <ChooseMark />}
          {(image.isStarred || isPointedAt) && !image.isTrashed && (
            <StarMark isStarred={image.isStarred} />
          )}
          {image.rating > 0 && <Rating rating={image.rating} />}
        </Content>
      ) : (
        <div className={styles.coming} style={boxOf(SQUARE, side)} aria-hidden />
      )}
    </div>
  );
});

function Content(props: { image: Image; side: number; children: ReactNode }) {
  const { image, side, children } = props;
  const words = useContext(TileWords);
  const { isBroken, onError } = useRenewal(image);
  if (words === undefined) return null;
  const plain = nameOf(image.record, words.picture);
  const starred = image.isStarred ? words.gallery("starredName", { name: plain }) : plain;
  const { rating } = image;
  const name = rating > 0 ? words.gallery("ratedName", { name: starred, rating }) : starred;
  const isGone = image.isMissing || isBroken;
  return (
    <div className={styles.box} style={boxOf(isGone ? SQUARE : image.record, side)}>
      {isGone ? (
        <div
          role="img"
          aria-label={words.gallery("missingName", { name })}
          className={styles.missing}
        >
          <Icon of={ImageOff} size={20} />
          <span>{words.gallery(image.isMissing ? "missing" : "broken")}</span>
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
      {children}
    </div>
  );
}

function ChooseMark() {
  return (
    <span data-does="choose" aria-hidden className={styles.choose}>
      <Icon of={Check} />
    </span>
  );
}

function StarMark({ isStarred }: { isStarred: boolean }) {
  return (
    <span
      data-does="star"
      aria-hidden
      className={classNames(styles.star, isStarred && styles.starred)}
    >
      <Icon of={Heart} />
    </span>
  );
}

/** For screen readers, the rating is part of the picture's name. */
function Rating({ rating }: { rating: number }) {
  return (
    <span aria-hidden className={styles.rating}>
      {rating}
      <Icon of={Star} />
    </span>
  );
}

/** A new address that fails within this time had not expired. */
const PATIENCE_MS = 10_000;

/**
 * Addresses of pictures expire, and become invalid when the host stops; one that does not load is requested again.
 * `isBroken` while no address loads.
 */
function useRenewal({ id, thumbnail }: Image): { isBroken: boolean; onError: () => void } {
  const { client } = useStudio();
  const [failure, setFailure] = useState<{ address: string; at: number }>();
  const onError = () => {
    const at = Date.now();
    setFailure({ address: thumbnail, at });
    const isInVain = failure !== undefined && at - failure.at < PATIENCE_MS;
    if (!isInVain) wantImages(client, [id], true);
  };
  const isBroken = failure?.address === thumbnail;
  // A restarted host signs new addresses.
  const isLive = useConnection(({ state }) => state === "live");
  useEffect(() => {
    if (isBroken && isLive) wantImages(client, [id], true);
    // Only when it comes back: pictures that break while it is there have been requested already.
  }, [isLive]);
  return { isBroken, onError };
}
