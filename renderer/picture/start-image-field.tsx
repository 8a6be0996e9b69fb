import { useQuery } from "@tanstack/react-query";
import { CornerUpLeft } from "lucide-react";
import type { ForeignRecord } from "../../engine/contract/image-record.ts";
import { useStudio } from "../connection/studio.tsx";
import { recallStart } from "../state/form.ts";
import { IconButton } from "../ui/icon-button.tsx";
import { attempt } from "../ui/toasts.ts";
import { useWords } from "../words/words.ts";
import styles from "./details.module.css";

type Start = Pick<ForeignRecord, "initImageId" | "strength" | "resizeMode" | "width" | "height">;

/** The start image of a picture, as long as the studio keeps it, and how it was resized. */
export function StartImageField({ record }: { readonly record: Start }) {
  const { initImageId: id } = record;
  return id === undefined ? null : <KnownStart id={id} record={record} />;
}

function KnownStart({ id, record }: { readonly id: string; readonly record: Start }) {
  const t = useWords("picture");
  const { client, queries } = useStudio();
  const query = queries.generation.getInitImage.queryOptions({ input: { id }, retry: false });
  const { data: image, isError } = useQuery(query);
  const label = t("fields.startImage");
  return (
    <div className={styles.field}>
      <dt className={styles.name}>{label}</dt>
      <dd className={styles.value}>
        {image && (
          <img className={styles.start} src={image.address} alt={t("startImage.alt", image)} />
        )}
        {isError && <span className={styles.quiet}>{t("startImage.gone")}</span>}
        {image && hasOtherShape(image, record) && (
          <div className={styles.mode}>
            {t(`startImage.modes.${record.resizeMode ?? "default"}`)}
          </div>
        )}
      </dd>
      <dd className={styles.tools}>
        {image && (
          <IconButton
            icon={CornerUpLeft}
            size="dense"
            label={t("use", { field: label.toLowerCase() })}
            onPress={() => attempt(recallStart(client, record))}
          />
        )}
      </dd>
    </div>
  );
}

/** Whether a start image is cropped, extended or stretched to a picture; assumed while the picture's size is unknown. */
export function hasOtherShape(
  start: { readonly width: number; readonly height: number },
  { width, height }: Pick<ForeignRecord, "width" | "height">,
): boolean {
  if (width === undefined || height === undefined) return true;
  return start.width * height !== start.height * width;
}
