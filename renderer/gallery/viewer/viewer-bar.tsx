import { ArrowLeft, Maximize, ZoomIn, ZoomOut } from "lucide-react";
import type { ZoomControl } from "../../picture/use-zoom.ts";
import { ZOOM_STEP } from "../../picture/zoom-actions.ts";
import type { Size } from "../../picture/zoom.ts";
import { Button } from "../../ui/button.tsx";
import { IconButton } from "../../ui/icon-button.tsx";
import { formatCount } from "../../words/format.ts";
import { useWords } from "../../words/words.ts";
import cover from "../cover.module.css";
import styles from "./viewer.module.css";

export interface ViewerBarProps {
  readonly zoom: ZoomControl;
  readonly picture: Size;
  /** Index among the sheet's pictures; negative if it is not among them. */
  readonly place: number;
  readonly total: number;
  readonly onClose: () => void;
}

/** The position among the pictures, and the zoom. */
export function ViewerBar({ zoom, picture, place, total, onClose }: ViewerBarProps) {
  const t = useWords("gallery");
  const { width, height } = picture;
  return (
    <div className={cover.bar}>
      <IconButton icon={ArrowLeft} label={t("viewer.back")} keys="escape" onPress={onClose} />
      <span className={styles.quiet}>
        {place >= 0 &&
          t("viewer.place", { place: formatCount(place + 1), total: formatCount(total) })}
      </span>
      <div className={styles.zoom}>
        <span className={styles.quiet}>{t("lookHint", { width, height })}</span>
        <IconButton
          icon={ZoomOut}
          label={t("viewer.zoomOut")}
          keys="-"
          onPress={() => zoom.by(1 / ZOOM_STEP)}
        />
        <span className={styles.percent}>{t("viewer.percent", { percent: zoom.percent })}</span>
        <IconButton
          icon={ZoomIn}
          label={t("viewer.zoomIn")}
          keys="="
          onPress={() => zoom.by(ZOOM_STEP)}
        />
        <Button variant="plain" size="dense" onPress={() => zoom.full()}>
          {t("viewer.full")}
        </Button>
        <IconButton
          icon={Maximize}
          label={t("viewer.fit")}
          keys="shift+z"
          isChosen={zoom.isFit}
          onPress={zoom.fit}
        />
      </div>
    </div>
  );
}
