import { FolderPlus, Star, Tags, X } from "lucide-react";
import { type ReactNode, useMemo } from "react";
import { useLocation } from "wouter";
import { writeTerm } from "../../../engine/contract/gallery-search.ts";
import { useStudio } from "../../connection/studio.tsx";
import { useImages, useImagesOf } from "../../state/images.ts";
import { Button } from "../../ui/button.tsx";
import { classNames } from "../../ui/class-names.ts";
import { Icon } from "../../ui/icon.tsx";
import { IconButton } from "../../ui/icon-button.tsx";
import { doUndoable } from "../../ui/toasts.ts";
import { useWords } from "../../words/words.ts";
import { changeLabels } from "./change-labels.ts";
import { type LabelKind, rate, sharedLabels } from "./marking.ts";
import styles from "./picture-marks.module.css";

export interface PictureMarksProps {
  /** The selected pictures, or the open one; at least one. */
  readonly ids: readonly string[];
  /** Opens the dialog for their tags or albums. */
  readonly onLabel: (kind: LabelKind, ids: readonly string[]) => void;
}

/** Rating, tags and albums of pictures, to view and to edit; for several pictures, those that all share. */
export function PictureMarks({ ids, onLabel }: PictureMarksProps) {
  const t = useWords("gallery");
  return (
    <section className={styles.marks} aria-label={t("marks.group")}>
      <Row name={t("marks.ratingLabel")}>
        <Stars ids={ids} />
      </Row>
      <Row name={t("marks.tagsLabel")}>
        <Labels kind="tags" ids={ids} />
        <Button variant="plain" size="dense" icon={Tags} onPress={() => onLabel("tags", ids)}>
          {t("marks.tags")}
        </Button>
      </Row>
      <Row name={t("marks.albumsLabel")}>
        <Labels kind="albums" ids={ids} />
        <Button
          variant="plain"
          size="dense"
          icon={FolderPlus}
          onPress={() => onLabel("albums", ids)}
        >
          {t("marks.albums")}
        </Button>
      </Row>
    </section>
  );
}

function Row({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className={styles.row} role="group" aria-label={name}>
      <span className={styles.name} aria-hidden>
        {name}
      </span>
      <div className={styles.value}>{children}</div>
    </div>
  );
}

const STARS = [1, 2, 3, 4, 5] as const;

/** A press sets the rating, another on the same star clears it; the keys 0 to 5 do the same. */
function Stars({ ids }: { ids: readonly string[] }) {
  const t = useWords("gallery");
  const { client } = useStudio();
  const [first = ""] = ids;
  const rating = useImages((images) => {
    const one = images[first]?.rating ?? 0;
    return ids.every((id) => (images[id]?.rating ?? 0) === one) ? one : 0;
  });
  const press = (star: number) => {
    const wanted = star === rating ? 0 : star;
    doUndoable(t("undo"), async () => {
      const undo = await rate(client, ids, wanted);
      const text = wanted === 0 ? "marks.unrated" : "marks.rated";
      return { text: t(text, { count: ids.length, rating: wanted }), undo };
    });
  };
  return STARS.map((star) => (
    <button
      key={star}
      type="button"
      className={classNames(styles.star, star <= rating && styles.lit)}
      aria-label={t("marks.rate", { count: star })}
      aria-pressed={star === rating}
      onClick={() => press(star)}
    >
      <Icon of={Star} />
    </button>
  ));
}

/** Pressing a name shows all pictures with the tag or in the album; the cross removes it from these. */
function Labels({ kind, ids }: { kind: LabelKind; ids: readonly string[] }) {
  const t = useWords("gallery");
  const { client } = useStudio();
  const [, navigate] = useLocation();
  const images = useImagesOf(ids);
  const names = useMemo(() => sharedLabels(images, kind), [images, kind]);
  const show = (name: string) => {
    const search = writeTerm(kind === "tags" ? "tag" : "album", name);
    navigate(`/gallery?${new URLSearchParams({ search })}`);
  };
  const take = (name: string) =>
    doUndoable(t("undo"), () =>
      changeLabels({ kind, ids, client, t }, { add: [], remove: [name] }),
    );
  return names.map((name) => (
    <span key={name} className={styles.label}>
      <button type="button" className={styles.word} dir="auto" onClick={() => show(name)}>
        {name}
      </button>
      <IconButton
        icon={X}
        size="dense"
        label={t("marks.remove", { name })}
        onPress={() => take(name)}
      />
    </span>
  ));
}
