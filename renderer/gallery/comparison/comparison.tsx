import { useQuery } from "@tanstack/react-query";
import { ArrowLeft, ArrowLeftRight } from "lucide-react";
import { useMemo, useState } from "react";
import { StudioError } from "../../../engine/contract/errors.ts";
import type { Image } from "../../../engine/contract/gallery.ts";
import { asFailure } from "../../connection/failure.ts";
import { useStudio } from "../../connection/studio.tsx";
import { PictureImage } from "../../picture/picture.tsx";
import { useZoom } from "../../picture/use-zoom.ts";
import { ZoomCanvas } from "../../picture/zoom-canvas.tsx";
import { useActions } from "../../shortcuts/registry.ts";
import { Failed, Skeleton } from "../../ui/async-states.tsx";
import { Button } from "../../ui/button.tsx";
import { Chips } from "../../ui/chips.tsx";
import { IconButton } from "../../ui/icon-button.tsx";
import { useWords } from "../../words/words.ts";
import cover from "../cover.module.css";
import styles from "./comparison.module.css";
import { Differences } from "./differences.tsx";

export interface ComparisonProps {
  readonly ids: readonly [string, string];
  readonly onSwap: () => void;
  readonly onClose: () => void;
}

/** Two pictures beside or over each other, and what made them different. */
export function Comparison({ ids, onSwap, onClose }: ComparisonProps) {
  const t = useWords("gallery");
  const { queries } = useStudio();
  const { data, error, refetch } = useQuery(
    queries.gallery.details.queryOptions({ input: { ids: [...ids] } }),
  );
  const [left, right] = ids.map((id) => data?.find((image) => image.id === id));
  const missing = data && new StudioError("NOT_FOUND", { what: "picture", id: ids.join(", ") });
  const failure = error ? asFailure(error) : missing;
  useClosing(onClose);
  return (
    <section className={cover.cover} aria-label={t("compare.label")}>
      {left && right ? (
        <Pair left={left} right={right} onSwap={onSwap} onClose={onClose} />
      ) : failure ? (
        <Failed title={t("compare.failed")} error={failure} onRetry={() => void refetch()}>
          <Button onPress={onClose}>{t("viewer.back")}</Button>
        </Failed>
      ) : (
        <Skeleton className={cover.skeleton} />
      )}
    </section>
  );
}

const WAYS = ["slider", "sides", "difference"] as const;

interface PairProps {
  readonly left: Image;
  readonly right: Image;
  readonly onSwap: () => void;
  readonly onClose: () => void;
}

function Pair({ left, right, onSwap, onClose }: PairProps) {
  const t = useWords("gallery");
  const [way, setWay] = useState<(typeof WAYS)[number]>("slider");
  return (
    <>
      <div className={cover.bar}>
        <IconButton icon={ArrowLeft} label={t("viewer.back")} keys="escape" onPress={onClose} />
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
      </div>
      <div className={styles.body}>
        <div className={styles.stage}>
          {way === "slider" && <Over left={left} right={right} />}
          {way === "sides" && <Beside left={left} right={right} />}
          {way === "difference" && <Difference left={left} right={right} />}
        </div>
        <Differences left={left} right={right} />
      </div>
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

/** What one has and the other has not: black where both are the same, brightened to be seen. */
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

/** One zoom moves both. */
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

function useClosing(onClose: () => void): void {
  const t = useWords("gallery");
  useActions(
    useMemo(
      () => [
        {
          id: "viewer.close",
          label: t("viewer.back"),
          group: t("viewer.group"),
          icon: ArrowLeft,
          keys: "escape",
          worksInFields: true,
          run: onClose,
        },
      ],
      [t, onClose],
    ),
  );
}

interface DividedPicturesProps {
  readonly left: Image;
  readonly right: Image;
  /** Names the divider. */
  readonly label: string;
}

/** One picture over the other, parted by a line to drag. It fills what it lies in. */
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
