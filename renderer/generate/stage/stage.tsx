import type { Generation } from "../../../engine/contract/generation.ts";
import { PictureBox } from "../../picture/picture-box.tsx";
import { useImages } from "../../state/images.ts";
import { useWords } from "../../words/words.ts";
import { Caption } from "./caption.tsx";
import { DevelopingPicture } from "./developing-picture.tsx";
import { FailureTile } from "./failure-tile.tsx";
import styles from "./stage.module.css";

/** The generation that is looked at, from its placeholder to its picture, in one box. */
export function Stage({ generation }: { generation: Generation }) {
  const t = useWords("generate");
  const { id, state, order, imageId = "" } = generation;
  // An endpoint that decides the size is believed once its picture is there.
  const { width, height } = useImages((all) => all[imageId]?.record) ?? order;
  const hasFailed = state === "failed" || state === "cancelled" || state === "interrupted";
  return (
    <section className={styles.stage} aria-label={t("stage.label")}>
      <div className={styles.easel}>
        <PictureBox width={width} height={height}>
          {hasFailed ? (
            <FailureTile generation={generation} />
          ) : (
            <DevelopingPicture key={id} generation={generation} />
          )}
        </PictureBox>
      </div>
      <Caption generation={generation} />
    </section>
  );
}
