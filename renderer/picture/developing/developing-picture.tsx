import { type CSSProperties, useEffect, useState } from "react";
import type { Generation } from "../../../engine/contract/generation.ts";
import { useStudio } from "../../connection/studio.tsx";
import { PictureImage } from "../picture.tsx";
import { useIsLost } from "../../state/connection.ts";
import { useImages, wantImages } from "../../state/images.ts";
import { shareOf, useProgress } from "../../state/progress.ts";
import { classNames } from "../../ui/class-names.ts";
import { useWords } from "../../words/words.ts";
import styles from "./developing-picture.module.css";
import { addLayer, type Layer, markLoaded, markSettled } from "./preview-layers.ts";

/** A preview has one pixel per latent, an eighth of the picture's resolution. */
const PIXELS_PER_LATENT = 8;

/**
 * A picture while it develops. Previews cross-fade, their blur and the safelight over them decrease with every step,
 * and the finished picture fades in over the last preview. All share one box, and nothing moves.
 */
export function DevelopingPicture({ generation }: { generation: Generation }) {
  const t = useWords("generate");
  const { client } = useStudio();
  const { id, imageId, order } = generation;
  const progress = useProgress((all) => all[id]);
  const image = useImages((all) => (imageId === undefined ? undefined : all[imageId]));
  const [isFinished, setIsFinished] = useState(generation.state === "done");
  const { previews, setPreviews } = usePreviews(progress?.preview);
  const [isThere, setIsThere] = useState(isFinished);
  const isLost = useIsLost();
  const share = generation.state === "done" ? 1 : (shareOf(progress) ?? 0);
  useEffect(() => {
    if (imageId !== undefined) wantImages(client, [imageId]);
  }, [client, imageId]);
  const style: CSSProperties & Record<`--${string}`, number> = {
    "--share": share,
    "--latents": order.width / PIXELS_PER_LATENT,
  };
  return (
    <div className={classNames(styles.tray, isFinished && styles.finished)} style={style}>
      {!isFinished && (
        <div
          className={styles.layer}
          {...(previews.length > 0 && {
            role: "img",
            "aria-label": t("stage.developing", { prompt: order.prompt }),
          })}
        >
          <div className={classNames(styles.blurred, styles.ground)}>
            <Previews layers={previews} />
          </div>
          <div className={styles.blurred}>
            <Previews
              layers={previews}
              onLoaded={(address) => setPreviews((layers) => markLoaded(layers, address))}
              onSettled={(address) => setPreviews((layers) => markSettled(layers, address))}
            />
          </div>
        </div>
      )}
      {image && (
        <div
          className={classNames(styles.picture, isThere && styles.there)}
          onTransitionEnd={() => setIsFinished(true)}
        >
          <PictureImage image={image} onLoad={() => setIsThere(true)} />
        </div>
      )}
      {generation.state === "running" && !isLost && <span className={styles.safelight} />}
    </div>
  );
}

/**
 * All previews so far, as layers. They are added during render: in an effect, each preview would be an update caused by
 * an update, of which React treats fifty as a loop.
 */
function usePreviews(preview: string | undefined) {
  const [latest, setLatest] = useState<string>();
  const [previews, setPreviews] = useState<readonly Layer[]>([]);
  if (preview !== undefined && preview !== latest) {
    setLatest(preview);
    setPreviews(addLayer(previews, preview));
  }
  return { previews, setPreviews };
}

interface PreviewsProps {
  readonly layers: readonly Layer[];
  readonly onLoaded?: (address: string) => void;
  readonly onSettled?: (address: string) => void;
}

function Previews({ layers, onLoaded, onSettled }: PreviewsProps) {
  return layers.map(({ address, state }) => (
    <img
      key={address}
      className={classNames(styles.preview, isShown(state) && styles.there)}
      src={address}
      alt=""
      onLoad={() => onLoaded?.(address)}
      onTransitionEnd={() => onSettled?.(address)}
    />
  ));
}

function isShown(state: Layer["state"]): boolean {
  return state === "rising" || state === "settled";
}
