import { Clock, Hourglass, ImageOff } from "lucide-react";
import { type CSSProperties, type ReactNode, useEffect, useRef, useState } from "react";
import { ListBox, ListBoxItem } from "react-aria-components";
import type { Generation } from "../../../engine/contract/generation.ts";
import { useStudio } from "../../connection/studio.tsx";
import { useImages, wantImages } from "../../state/images.ts";
import { shareOf, useProgress } from "../../state/progress.ts";
import { followNewest, selectGeneration } from "../../state/selection.ts";
import { classNames } from "../../ui/class-names.ts";
import { Icon } from "../../ui/icon.tsx";
import { useWords } from "../../words/words.ts";
import { endSign } from "./end-sign.ts";
import { useTileMenu } from "./tile-menu.tsx";
import styles from "./session-strip.module.css";

export interface SessionStripProps {
  readonly looked: Generation;
  readonly all: readonly Generation[];
  readonly press: () => void;
}

/** Recent generations, newest first; one of them is on the stage. */
export function SessionStrip({ looked, all, press }: SessionStripProps) {
  const t = useWords("generate");
  const { client } = useStudio();
  useEffect(() => {
    wantImages(
      client,
      all.flatMap(({ imageId }) => imageId ?? []),
    );
  }, [client, all]);
  const strip = useKeptFocus(looked.id);
  const choose = (id: string) => (id === all[0]?.id ? followNewest(true) : selectGeneration(id));
  const menu = useTileMenu(all, press);
  return (
    <div className={styles.frame} onContextMenu={menu.ask}>
      {menu.menu}
      <ListBox
        ref={strip}
        className={styles.strip ?? ""}
        aria-label={t("strip.label")}
        orientation="horizontal"
        selectionMode="single"
        selectionBehavior="replace"
        disallowEmptySelection
        selectedKeys={[looked.id]}
        onSelectionChange={(keys) => {
          const [id] = keys;
          if (keys !== "all" && id !== undefined) choose(String(id));
        }}
        items={all}
      >
        {(generation) => (
          <ListBoxItem
            className={styles.tile ?? ""}
            textValue={generation.order.prompt}
            aria-label={t(`strip.${generation.state}`, { prompt: generation.order.prompt })}
          >
            <Thumbnail generation={generation} />
          </ListBoxItem>
        )}
      </ListBox>
    </div>
  );
}

/** If the focused tile disappears, for example into the trash, the tile that is shown next gets the focus. */
function useKeptFocus(lookedId: string) {
  const strip = useRef<HTMLDivElement>(null);
  const hadFocus = useRef(false);
  useEffect(() => {
    const note = ({ target }: FocusEvent) => {
      hadFocus.current = target instanceof Node && strip.current?.contains(target) === true;
    };
    document.addEventListener("focusin", note);
    return () => document.removeEventListener("focusin", note);
  }, []);
  useEffect(() => {
    if (!hadFocus.current || document.activeElement !== document.body) return;
    strip.current?.querySelector<HTMLElement>('[aria-selected="true"]')?.focus();
  }, [lookedId]);
  return strip;
}

function Thumbnail({ generation }: { generation: Generation }) {
  const { state, imageId = "" } = generation;
  const thumbnail = useImages((all) => all[imageId]?.thumbnail);
  if (state === "running") return <Developing id={generation.id} />;
  if (thumbnail !== undefined)
    return (
      <StripPicture address={thumbnail}>
        <Icon of={ImageOff} size={20} />
      </StripPicture>
    );
  if (state === "waiting") return <Icon of={Clock} />;
  if (state === "done") return null;
  return (
    <span className={state === "failed" ? styles.bad : undefined}>
      <Icon of={endSign(state)} size={20} />
    </span>
  );
}

interface StripPictureProps {
  readonly address: string;
  readonly isPreview?: boolean;
  /** Shown if the address is not valid any more. */
  readonly children?: ReactNode;
}

/** An address that did not load is not requested again, but its successor is. */
function StripPicture({ address, isPreview = false, children }: StripPictureProps) {
  const [gone, setGone] = useState<string>();
  if (gone === address) return children;
  return (
    <img
      className={classNames(styles.picture, isPreview && styles.preview)}
      src={address}
      alt=""
      onError={() => setGone(address)}
    />
  );
}

function Developing({ id }: { id: string }) {
  const progress = useProgress((all) => all[id]);
  const share = shareOf(progress) ?? 0;
  const style: CSSProperties & Record<"--share", number> = { "--share": share };
  return (
    <>
      {progress?.preview !== undefined && <StripPicture address={progress.preview} isPreview />}
      {progress?.starting !== undefined && <Icon of={Hourglass} size={20} />}
      <span className={styles.progress} style={style} />
    </>
  );
}
