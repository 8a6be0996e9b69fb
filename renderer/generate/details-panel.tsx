import { PanelRightClose } from "lucide-react";
import type { Generation } from "../../engine/contract/generation.ts";
import { Details } from "../picture/details.tsx";
import { OrderDetails } from "../picture/order-details.tsx";
import { useImages } from "../state/images.ts";
import { toggleDetails } from "../state/view.ts";
import { IconButton } from "../ui/icon-button.tsx";
import { useWords } from "../words/words.ts";
import styles from "./details-panel.module.css";

/** How the picture on the stage was asked for and made. */
export function DetailsPanel({ generation }: { generation: Generation }) {
  const t = useWords("generate");
  const image = useImages((all) => all[generation.imageId ?? ""]);
  return (
    <aside className={styles.panel} aria-label={t("details.title")}>
      <header className={styles.head}>
        <h2 className={styles.title}>{t("details.title")}</h2>
        <IconButton
          icon={PanelRightClose}
          label={t("details.hide")}
          keys="i"
          placement="left"
          onPress={toggleDetails}
        />
      </header>
      {image ? <Details image={image} /> : <OrderDetails generation={generation} />}
    </aside>
  );
}
