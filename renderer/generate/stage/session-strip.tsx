import { Clock, Hourglass, ImageOff } from "lucide-react";
import { type CSSProperties, type ReactNode, useEffect, useMemo, useRef, useState } from "react";
import { ListBox, ListBoxItem, Text } from "react-aria-components";
import type { Generation } from "../../../engine/contract/generation.ts";
import { useStudio } from "../../connection/studio.tsx";
import { useIsLost } from "../../state/connection.ts";
import { useImages, wantImages } from "../../state/images.ts";
import { shareOf, useProgress } from "../../state/progress.ts";
import { generationOf, useQueue } from "../../state/queue.ts";
import { followNewest, selectGeneration, useSession } from "../../state/selection.ts";
import { classNames } from "../../ui/class-names.ts";
import { Icon } from "../../ui/icon.tsx";
import { useWords } from "../../words/words.ts";
import { endSign } from "./end-sign.ts";
import { StarMark } from "./star-mark.tsx";
import { useTileMenu } from "./tile-menu.tsx";
import styles from "./session-strip.module.css";

/** Recent generations, newest first; one of them is on the stage. */
export function SessionStrip() {
  const t = useWords("generate");
  const ids = useSession((session) => session.ids);
  const lookedId = useSession(({ looked }) => looked?.id ?? "");
  const tiles = useMemo(() => ids.map((id) => ({ id })), [ids]);
  const strip = useNextTileFocus(lookedId);
  const choose = (id: string) => (id === ids[0] ? followNewest(true) : selectGeneration(id));
  const menu = useTileMenu();
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
        selectedKeys={[lookedId]}
        onSelectionChange={(keys) => {
          const [id] = keys;
          if (keys !== "all" && id !== undefined) choose(String(id));
        }}
        items={tiles}
      >
        {({ id }) => <Tile id={id} />}
      </ListBox>
    </div>
  );
}

/** One generation. Its content reads it by itself: the list does not render when a picture starts or ends. */
function Tile({ id }: { id: string }) {
  const prompt = useQueue((queue) => generationOf(queue, id)?.order.prompt ?? "");
  return (
    <ListBoxItem id={id} className={styles.tile ?? ""} textValue={prompt}>
      <TileContent id={id} />
    </ListBoxItem>
  );
}

function TileContent({ id }: { id: string }) {
  const t = useWords("generate");
  const { client } = useStudio();
  const generation = useQueue((queue) => generationOf(queue, id));
  const imageId = generation?.imageId;
  useEffect(() => {
    if (imageId !== undefined) wantImages(client, [imageId]);
  }, [client, imageId]);
  if (generation === undefined) return null;
  return (
    <>
      <Text slot="label" className={styles.name}>
        {t(`strip.${generation.state}`, { prompt: generation.order.prompt })}
      </Text>
      <Thumbnail generation={generation} />
      <StarMark imageId={imageId ?? ""} />
    </>
  );
}

/**
 * Keeps the tile that is shown in view. If the focused tile disappears, for example into the trash, the tile that is
 * shown next gets the focus.
 */
function useNextTileFocus(lookedId: string) {
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
    scrollToSelected(strip.current);
  }, [lookedId]);
  useEffect(() => {
    if (!hadFocus.current || document.activeElement !== document.body) return;
    strip.current?.querySelector<HTMLElement>('[aria-selected="true"]')?.focus();
  }, [lookedId]);
  return strip;
}

/** Only the strip scrolls: on a phone it may be out of view while the prompt is typed. */
function scrollToSelected(strip: HTMLElement | null): void {
  const selected = strip?.querySelector('[aria-selected="true"]')?.getBoundingClientRect();
  if (strip === null || selected === undefined) return;
  const { left, right } = strip.getBoundingClientRect();
  if (selected.left < left) strip.scrollLeft -= left - selected.left;
  if (selected.right > right) strip.scrollLeft += selected.right - right;
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
  const isLost = useIsLost();
  const share = shareOf(progress) ?? 0;
  const style: CSSProperties & Record<"--share", number> = { "--share": share };
  return (
    <>
      {progress?.preview !== undefined && <StripPicture address={progress.preview} isPreview />}
      {progress?.starting !== undefined && <Icon of={Hourglass} size={20} />}
      {!isLost && <span className={styles.progress} style={style} />}
    </>
  );
}
