import { type CSSProperties, useEffect, useState } from "react";
import type { Generation } from "../../engine/contract/generation.ts";
import { useStudio } from "../connection/studio.tsx";
import { PictureImage } from "../picture/picture.tsx";
import { useImages, wantImages } from "../state/images.ts";
import { useProgress } from "../state/progress.ts";
import { classNames } from "../ui/class-names.ts";
import { useWords } from "../words/words.ts";
import styles from "./developing-picture.module.css";

/** A preview has one pixel per latent: an eighth of the picture's. */
const PIXELS_PER_LATENT = 8;

/**
 * A picture as it comes up in the tray: previews dissolve into each other, their blur and the
 * safelight on them clear step by step, and the finished picture rises through the last of them.
 * Everything lies in the one box, and nothing moves.
 */
export function DevelopingPicture({ generation }: { generation: Generation }) {
  const t = useWords("generate");
  const { client } = useStudio();
  const { id, imageId, order } = generation;
  const progress = useProgress((all) => all[id]);
  const image = useImages((all) => (imageId === undefined ? undefined : all[imageId]));
  const [isFinished, setIsFinished] = useState(generation.state === "done");
  const previews = usePreviews(progress?.preview);
  const share = isFinished ? 1 : progress ? progress.step / progress.steps : 0;
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
            <Previews addresses={previews} />
          </div>
          <div className={styles.blurred}>
            <Previews addresses={previews} />
          </div>
        </div>
      )}
      {image && (
        <div className={styles.picture} onTransitionEnd={() => setIsFinished(true)}>
          <PictureImage image={image} />
        </div>
      )}
      {generation.state === "running" && <span className={styles.safelight} />}
    </div>
  );
}

/** The last previews, oldest first: the one before stays until the next has covered it. */
function usePreviews(address: string | undefined): readonly string[] {
  const [kept, setKept] = useState<readonly string[]>([]);
  if (address !== undefined && kept.at(-1) !== address) setKept([...kept.slice(-2), address]);
  return kept;
}

function Previews({ addresses }: { addresses: readonly string[] }) {
  return addresses.map((address) => <Preview key={address} address={address} />);
}

function Preview({ address }: { address: string }) {
  const [isThere, setIsThere] = useState(false);
  return (
    <img
      className={classNames(styles.preview, isThere && styles.there)}
      src={address}
      alt=""
      onLoad={() => setIsThere(true)}
    />
  );
}
