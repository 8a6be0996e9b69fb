import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Image } from "../../engine/contract/gallery.ts";
import { useStudio } from "../connection/studio.tsx";
import { wantImages } from "../state/images.ts";
import { useWords } from "../words/words.ts";
import { PictureBox } from "./picture-box.tsx";
import styles from "./picture.module.css";

/** A picture in full, in its box. */
export function Picture({ image }: { image: Image }) {
  const { width, height } = image.record;
  return (
    <PictureBox width={width} height={height}>
      <PictureImage image={image} />
    </PictureBox>
  );
}

/** The picture alone, as large as its container. An expired address is requested again, once. */
export function PictureImage({ image, onLoad }: { image: Image; onLoad?: () => void }) {
  const { client, queries } = useStudio();
  const scaling = useQuery(queries.settings.get.queryOptions()).data?.scaling ?? "smooth";
  const [failed, setFailed] = useState("");
  const name = useImageName(image.record);
  const renew = () => {
    if (failed === image.address) return;
    setFailed(image.address);
    wantImages(client, [image.id], true);
  };
  return (
    <img
      className={scaling === "crisp" ? styles.crisp : styles.smooth}
      src={image.address}
      alt={name}
      draggable={false}
      onError={renew}
      onLoad={onLoad}
    />
  );
}

/** A picture's accessible name: its prompt first. */
export function useImageName(record: NamedRecord): string {
  return nameOf(record, useWords("picture"));
}

interface NamedRecord {
  readonly prompt: string;
  readonly width: number;
  readonly height: number;
}

/** The same for a component that names many pictures. */
export function nameOf(record: NamedRecord, t: ReturnType<typeof useWords<"picture">>): string {
  const prompt = record.prompt === "" ? t("noPromptName") : record.prompt;
  return t("image", { prompt, width: record.width, height: record.height });
}
