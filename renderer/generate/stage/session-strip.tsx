import { CircleAlert, CircleSlash, Clock } from "lucide-react";
import { type CSSProperties, useEffect, useMemo } from "react";
import { ListBox, ListBoxItem } from "react-aria-components";
import type { Generation } from "../../../engine/contract/generation.ts";
import { useStudio } from "../../connection/studio.tsx";
import { useImages, wantImages } from "../../state/images.ts";
import { shareOf, useProgress } from "../../state/progress.ts";
import { newestFirst, useQueue } from "../../state/queue.ts";
import { followNewest, selectGeneration } from "../../state/selection.ts";
import { classNames } from "../../ui/class-names.ts";
import { Icon } from "../../ui/icon.tsx";
import { useWords } from "../../words/words.ts";
import styles from "./session-strip.module.css";

/** Everything asked for lately, newest first; one of it is on the stage. */
export function SessionStrip({ looked }: { looked: Generation }) {
  const t = useWords("generate");
  const { client } = useStudio();
  const queue = useQueue();
  const all = useMemo(() => newestFirst(queue), [queue]);
  useEffect(() => {
    wantImages(
      client,
      all.flatMap(({ imageId }) => imageId ?? []),
    );
  }, [client, all]);
  const choose = (id: string) => (id === all[0]?.id ? followNewest() : selectGeneration(id));
  return (
    <ListBox
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
  );
}

function Thumbnail({ generation }: { generation: Generation }) {
  const { state, imageId = "" } = generation;
  const thumbnail = useImages((all) => all[imageId]?.thumbnail);
  if (state === "running") return <Developing id={generation.id} />;
  if (thumbnail !== undefined) return <img className={styles.picture} src={thumbnail} alt="" />;
  if (state === "waiting") return <Icon of={Clock} />;
  if (state === "done") return null;
  return (
    <span className={state === "failed" ? styles.bad : undefined}>
      <Icon of={state === "failed" ? CircleAlert : CircleSlash} size={20} />
    </span>
  );
}

function Developing({ id }: { id: string }) {
  const progress = useProgress((all) => all[id]);
  const share = shareOf(progress) ?? 0;
  const style: CSSProperties & Record<"--share", number> = { "--share": share };
  return (
    <>
      {progress?.preview !== undefined && (
        <img className={classNames(styles.picture, styles.preview)} src={progress.preview} alt="" />
      )}
      <span className={styles.progress} style={style} />
    </>
  );
}
