import { ArrowLeft, ArrowLeftRight } from "lucide-react";
import { type ReactNode, useMemo, useState } from "react";
import type { Image } from "../../../engine/contract/gallery.ts";
import { PictureImage } from "../../picture/picture.tsx";
import { useTargetName } from "../../picture/targets.ts";
import { useZoom } from "../../picture/use-zoom.ts";
import { ZoomCanvas } from "../../picture/zoom-canvas.tsx";
import { useActions } from "../../shortcuts/registry.ts";
import { Failed, Skeleton } from "../../ui/async-states.tsx";
import { Button } from "../../ui/button.tsx";
import { Chips } from "../../ui/chips.tsx";
import { IconButton } from "../../ui/icon-button.tsx";
import { useWords } from "../../words/words.ts";
import cover from "../cover.module.css";
import type { Compared } from "../use-gallery-address.ts";
import { Awaited } from "./awaited.tsx";
import styles from "./comparison.module.css";
import { Differences } from "./differences.tsx";
import { type Side, targetOf, useSides } from "./use-sides.ts";

export interface ComparisonProps {
  readonly ids: Compared;
  /** Says where closing leads. */
  readonly back: string;
  /** Called with the pictures in another order; the first two are shown. */
  readonly onArrange: (ids: Compared) => void;
  readonly onClose: () => void;
}

/** Two pictures side by side or on top of each other, with their differences; the second may still be developing. */
export function Comparison({ ids, back, onArrange, onClose }: ComparisonProps) {
  const t = useWords("gallery");
  const { sides, failure, retry } = useSides(ids);
  const [left, ...others] = sides;
  const [chosen, setChosen] = useState<string>();
  const right = others.find((side) => side?.id === chosen) ?? others[0];
  useClosing(back, onClose);
  if (left?.image === undefined || right === undefined) {
    return (
      <section className={cover.cover} aria-label={t("compare.label")}>
        {failure ? (
          <Failed title={t("compare.failed")} error={failure} onRetry={retry}>
            <Button onPress={onClose}>{back}</Button>
          </Failed>
        ) : (
          <Skeleton className={cover.skeleton} />
        )}
      </section>
    );
  }
  const swap = () => {
    setChosen(undefined);
    onArrange([right.id, left.id, ...ids.filter((id) => id !== left.id && id !== right.id)]);
  };
  return (
    <section className={cover.cover} aria-label={t("compare.label")}>
      <Pair left={left.image} right={right} back={back} onSwap={swap} onClose={onClose}>
        {others.length > 1 && <Others all={others} shown={right.id} onShow={setChosen} />}
      </Pair>
    </section>
  );
}

/** Selects which of several pictures is on the right, by its target. */
function Others(props: {
  readonly all: readonly (Side | undefined)[];
  readonly shown: string;
  readonly onShow: (id: string) => void;
}) {
  const { all, shown, onShow } = props;
  const t = useWords("gallery");
  const nameOf = useTargetName();
  const chips = all.flatMap((side) =>
    side === undefined ? [] : [{ value: side.id, label: nameOf(targetOf(side)) }],
  );
  return (
    <Chips label={t("compare.with")} isSegmented value={shown} onChange={onShow} chips={chips} />
  );
}

const WAYS = ["slider", "sides", "difference"] as const;

interface PairProps {
  readonly left: Image;
  readonly right: Side;
  readonly back: string;
  readonly onSwap: () => void;
  readonly onClose: () => void;
  /** The choice of the right picture. */
  readonly children: ReactNode;
}

function Pair({ left, right, back, onSwap, onClose, children }: PairProps) {
  const t = useWords("gallery");
  const [way, setWay] = useState<(typeof WAYS)[number]>("slider");
  const { image } = right;
  return (
    <>
      <div className={cover.bar}>
        <IconButton icon={ArrowLeft} label={back} keys="escape" onPress={onClose} />
        {children}
        {image && (
          <>
            <Chips
              label={t("compare.view")}
              isSegmented
              value={way}
              onChange={setWay}
              chips={WAYS.map((value) => ({ value, label: t(`compare.${value}`) }))}
            />
            <Button variant="plain" icon={ArrowLeftRight} onPress={onSwap}>
              {t("compare.swap")}
            </Button>
          </>
        )}
      </div>
      {image ? (
        <div className={styles.body}>
          <div className={styles.stage}>
            {way === "slider" && <Over left={left} right={image} />}
            {way === "sides" && <Beside left={left} right={image} />}
            {way === "difference" && <Difference left={left} right={image} />}
          </div>
          <Differences left={left} right={image} />
        </div>
      ) : (
        <Awaited key={right.id} left={left} generation={right.generation} />
      )}
    </>
  );
}

interface Both {
  readonly left: Image;
  readonly right: Image;
}

function Over({ left, right }: Both) {
  const t = useWords("gallery");
  const larger = left.record.width >= right.record.width ? left.record : right.record;
  const zoom = useZoom(larger, left.id);
  return (
    <ZoomCanvas picture={larger} zoom={zoom}>
      <DividedPictures left={left} right={right} label={t("compare.divider")} />
    </ZoomCanvas>
  );
}

/** The pixel difference: black where the pictures are equal, brightened to be visible. */
function Difference({ left, right }: Both) {
  const larger = left.record.width >= right.record.width ? left.record : right.record;
  const zoom = useZoom(larger, left.id);
  return (
    <ZoomCanvas picture={larger} zoom={zoom}>
      <div className={styles.difference}>
        <PictureImage image={left} />
        <PictureImage image={right} />
      </div>
    </ZoomCanvas>
  );
}

/** One zoom applies to both. */
function Beside({ left, right }: Both) {
  const larger = left.record.width >= right.record.width ? left.record : right.record;
  const zoom = useZoom(larger, left.id);
  return [left, right].map((image) => (
    <ZoomCanvas key={image.id} picture={larger} zoom={zoom}>
      <div className={styles.side}>
        <PictureImage image={image} />
      </div>
    </ZoomCanvas>
  ));
}

function useClosing(back: string, onClose: () => void): void {
  const t = useWords("gallery");
  useActions(
    useMemo(
      () => [
        {
          id: "viewer.close",
          label: back,
          group: t("viewer.group"),
          icon: ArrowLeft,
          keys: "escape",
          worksInFields: true,
          run: onClose,
        },
      ],
      [t, back, onClose],
    ),
  );
}

interface DividedPicturesProps {
  readonly left: Image;
  readonly right: Image;
  /** Label of the divider. */
  readonly label: string;
}

/** One picture on top of the other, with a divider that can be dragged. It fills its container. */
function DividedPictures({ left, right, label }: DividedPicturesProps) {
  const [share, setShare] = useState(50);
  return (
    <div className={styles.pair}>
      <div className={styles.layer}>
        <PictureImage image={right} />
      </div>
      <div className={styles.layer} style={{ clipPath: `inset(0 ${100 - share}% 0 0)` }}>
        <PictureImage image={left} />
      </div>
      <div className={styles.line} style={{ insetInlineStart: `${share}%` }} aria-hidden />
      <input
        type="range"
        className={styles.range}
        min={0}
        max={100}
        step={0.5}
        value={share}
        aria-label={label}
        autoFocus
        onPointerDown={(event) => event.stopPropagation()}
        onChange={(event) => setShare(event.target.valueAsNumber)}
      />
    </div>
  );
}
