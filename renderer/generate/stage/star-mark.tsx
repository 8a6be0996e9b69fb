import { Heart } from "lucide-react";
import { useImages } from "../../state/images.ts";
import { Icon } from "../../ui/icon.tsx";
import styles from "./star-mark.module.css";

/** Marks a favourite in the corner of its tile. */
export function StarMark({ imageId }: { readonly imageId: string }) {
  const isStarred = useImages((all) => all[imageId]?.isStarred === true);
  if (!isStarred) return null;
  return (
    <span aria-hidden className={styles.star}>
      <Icon of={Heart} />
    </span>
  );
}
