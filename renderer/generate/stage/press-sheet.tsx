import { Columns2, Maximize2, Shuffle, Sprout } from "lucide-react";
import { type CSSProperties, useState } from "react";
import { ListBox, ListBoxItem } from "react-aria-components";
import { useLocation } from "wouter";
import type { Generation } from "../../../engine/contract/generation.ts";
import { PictureBox } from "../../picture/picture-box.tsx";
import { useImages } from "../../state/images.ts";
import { selectGeneration } from "../../state/selection.ts";
import { Button } from "../../ui/button.tsx";
import { Icon } from "../../ui/icon.tsx";
import { useWords } from "../../words/words.ts";
import { DevelopingPicture } from "./developing-picture.tsx";
import { endSign } from "./end-sign.ts";
import { useMoreActions } from "./generation-actions.ts";
import styles from "./press-sheet.module.css";
import { useTileMenu } from "./tile-menu.tsx";

export interface PressSheetProps {
  /** In the order they are drawn. */
  readonly pictures: readonly Generation[];
  readonly press: () => void;
}

/** The pictures of one press, each in its place from the start: to pick one, or to compare two. */
export function PressSheet({ pictures, press }: PressSheetProps) {
  const t = useWords("generate");
  const menu = useTileMenu(pictures, press);
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const picked = pictures.filter(({ id }) => chosen.includes(id));
  const style: CSSProperties & Record<"--columns", number> = {
    "--columns": Math.ceil(Math.sqrt(pictures.length)),
  };
  return (
    <section className={styles.sheet} aria-label={t("stage.label")} onContextMenu={menu.ask}>
      <ListBox
        className={styles.grid ?? ""}
        style={style}
        layout="grid"
        aria-label={t("sheet.label")}
        items={pictures}
        selectionMode="multiple"
        selectionBehavior="replace"
        selectedKeys={chosen}
        onSelectionChange={(keys) =>
          setChosen(keys === "all" ? pictures.map(({ id }) => id) : [...keys].map(String))
        }
        onAction={(key) => selectGeneration(String(key))}
      >
        {(generation) => (
          <ListBoxItem
            className={styles.cell ?? ""}
            textValue={generation.order.prompt}
            aria-label={t(`strip.${generation.state}`, { prompt: generation.order.prompt })}
          >
            <Cell generation={generation} />
          </ListBoxItem>
        )}
      </ListBox>
      <Bar pictures={pictures} picked={picked} press={press} />
      {menu.menu}
    </section>
  );
}

function Cell({ generation }: { generation: Generation }) {
  const { state, order } = generation;
  const hasFailed = state === "failed" || state === "cancelled" || state === "interrupted";
  return (
    <PictureBox width={order.width} height={order.height}>
      {hasFailed ? (
        <span className={styles.failed}>
          <Icon of={endSign(state)} size={20} />
        </span>
      ) : (
        <DevelopingPicture generation={generation} />
      )}
    </PictureBox>
  );
}

interface BarProps extends PressSheetProps {
  readonly picked: readonly Generation[];
}

/** How many are ready, and what can be done with those that are picked. */
function Bar({ pictures, picked, press }: BarProps) {
  const t = useWords("generate");
  const [, navigate] = useLocation();
  const done = pictures.filter(({ state }) => state === "done").length;
  const [one, two] = picked.map(({ imageId }) => imageId);
  const image = useImages((all) => (picked.length === 1 ? all[one ?? ""] : undefined));
  const [seeds, variations] = useMoreActions(image, press);
  const first = picked[0];
  return (
    <div className={styles.bar}>
      <span className={styles.words} role="status">
        {t("sheet.ready", { done, total: pictures.length })}
      </span>
      {picked.length === 0 && <span className={styles.hint}>{t("sheet.hint")}</span>}
      {picked.length === 1 && first && (
        <Button size="dense" icon={Maximize2} onPress={() => selectGeneration(first.id)}>
          {t("sheet.open")}
        </Button>
      )}
      {picked.length === 2 && one !== undefined && two !== undefined && (
        <Button
          size="dense"
          icon={Columns2}
          onPress={() => navigate(`/gallery?compare=${one},${two}`)}
        >
          {t("sheet.compare")}
        </Button>
      )}
      {seeds && (
        <Button
          size="dense"
          icon={Sprout}
          isDisabled={seeds.isDisabled ?? false}
          onPress={() => seeds.run()}
        >
          {seeds.label}
        </Button>
      )}
      {variations && (
        <Button size="dense" icon={Shuffle} onPress={() => variations.run()}>
          {variations.label}
        </Button>
      )}
    </div>
  );
}
