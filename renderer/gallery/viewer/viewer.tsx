import { useQuery } from "@tanstack/react-query";
import { ChevronLeft, ChevronRight, ImageOff } from "lucide-react";
import { useEffect, useRef } from "react";
import type { Image } from "../../../engine/contract/gallery.ts";
import { asFailure } from "../../connection/failure.ts";
import { useStudio } from "../../connection/studio.tsx";
import { Picture, PictureImage, useImageName } from "../../picture/picture.tsx";
import { useZoom } from "../../picture/use-zoom.ts";
import { ZoomCanvas } from "../../picture/zoom-canvas.tsx";
import { useImages, wantImages } from "../../state/images.ts";
import { Failed, Skeleton } from "../../ui/async-states.tsx";
import { Button } from "../../ui/button.tsx";
import { IconButton } from "../../ui/icon-button.tsx";
import { Icon } from "../../ui/icon.tsx";
import { useWords } from "../../words/words.ts";
import cover from "../cover.module.css";
import { useViewerActions } from "./viewer-actions.ts";
import { ViewerBar } from "./viewer-bar.tsx";
import styles from "./viewer.module.css";

export interface ViewerProps {
  readonly id: string;
  /** All pictures of the sheet, for previous and next. */
  readonly ids: readonly string[];
  readonly onLeaf: (id: string) => void;
  readonly onClose: () => void;
}

/** One picture of the gallery, shown instead of the sheet. */
export function Viewer({ id, ids, onLeaf, onClose }: ViewerProps) {
  const t = useWords("gallery");
  const { queries } = useStudio();
  const { data, error, refetch } = useQuery(queries.gallery.get.queryOptions({ input: { id } }));
  const image = useImages((images) => images[id]) ?? data;
  const root = useRef<HTMLElement>(null);
  useEffect(() => root.current?.focus(), []);
  return (
    <section ref={root} tabIndex={-1} className={cover.cover} aria-label={t("viewer.label")}>
      {image ? (
        <OpenPicture image={image} ids={ids} onLeaf={onLeaf} onClose={onClose} />
      ) : error ? (
        <Failed title={t("viewer.failed")} error={asFailure(error)} onRetry={() => void refetch()}>
          <Button onPress={onClose}>{t("viewer.back")}</Button>
        </Failed>
      ) : (
        <Skeleton className={cover.skeleton} />
      )}
    </section>
  );
}

function OpenPicture(props: Omit<ViewerProps, "id"> & { image: Image }) {
  const { image, ids, onLeaf, onClose } = props;
  const t = useWords("gallery");
  const gone = useWords("picture");
  const place = ids.indexOf(image.id);
  const zoom = useZoom(image.record, image.id);
  const [previous, next] = [ids[place - 1], place < 0 ? undefined : ids[place + 1]];
  usePreloaded(previous, next);
  const leaf = (id: string | undefined) => id !== undefined && onLeaf(id);
  useViewerActions({ zoom, previous, next, onLeaf, onClose });
  return (
    <>
      <ViewerBar
        zoom={zoom}
        picture={image.record}
        place={place}
        total={ids.length}
        onClose={onClose}
      />
      <div className={styles.stage}>
        {image.isMissing ? (
          <p className={styles.gone}>
            <Icon of={ImageOff} size={20} />
            {gone("gone")}
          </p>
        ) : (
          <ZoomCanvas picture={image.record} zoom={zoom}>
            <div className={styles.full} style={{ backgroundImage: `url("${image.thumbnail}")` }}>
              <PictureImage key={image.id} image={image} />
            </div>
          </ZoomCanvas>
        )}
        <div className={styles.previous}>
          <IconButton
            icon={ChevronLeft}
            variant="quiet"
            label={t("viewer.previous")}
            keys="left"
            isDisabled={previous === undefined}
            reason={previous === undefined ? t("viewer.first") : undefined}
            onPress={() => leaf(previous)}
          />
        </div>
        <div className={styles.next}>
          <IconButton
            icon={ChevronRight}
            variant="quiet"
            label={t("viewer.next")}
            keys="right"
            isDisabled={next === undefined}
            reason={next === undefined ? t("viewer.last") : undefined}
            onPress={() => leaf(next)}
          />
        </div>
      </div>
    </>
  );
}

/** Preloads pictures that are likely to be opened next. */
function usePreloaded(...ids: readonly (string | undefined)[]): void {
  const { client } = useStudio();
  const key = ids.join(" ");
  const addresses = useImages((images) =>
    ids.map((id) => images[id ?? ""]?.address ?? "").join(" "),
  );
  useEffect(() => {
    const wanted = key.split(" ").filter((id) => id !== "");
    if (wanted.length > 0) wantImages(client, wanted);
  }, [client, key]);
  useEffect(() => {
    for (const address of addresses.split(" "))
      if (address !== "") new globalThis.Image().src = address;
  }, [addresses]);
}

/**
 * A large view of the focused picture. The sheet keeps the keyboard: arrow keys move to other pictures, and its other
 * keys still work.
 */
export function QuickLook({ id, onClose }: { id: string; onClose: () => void }) {
  const image = useImages((images) => images[id]);
  return (
    <div
      className={styles.look}
      onClick={onClose}
      // The focus stays on the sheet.
      onMouseDown={(event) => event.preventDefault()}
    >
      <div className={styles.easel}>{image && <Picture image={image} />}</div>
      {image && <Caption record={image.record} />}
    </div>
  );
}

function Caption({ record }: { record: { prompt: string; width: number; height: number } }) {
  const t = useWords("gallery");
  const name = useImageName(record);
  const { prompt, width, height } = record;
  return (
    <p className={styles.caption} title={name}>
      <span className={styles.prompt} dir="auto">
        {prompt}
      </span>
      <span className={styles.size}>{t("lookHint", { width, height })}</span>
    </p>
  );
}
