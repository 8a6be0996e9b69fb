import { FolderPlus, Star, Tags, X } from "lucide-react";
import type { ReactNode } from "react";
import { useLocation } from "wouter";
import type { Image } from "../../../engine/contract/gallery.ts";
import { writeTerm } from "../../../engine/contract/gallery-search.ts";
import { useStudio } from "../../connection/studio.tsx";
import { useImages } from "../../state/images.ts";
import { Button } from "../../ui/button.tsx";
import { classNames } from "../../ui/class-names.ts";
import { Icon } from "../../ui/icon.tsx";
import { IconButton } from "../../ui/icon-button.tsx";
import { doUndoable } from "../../ui/toasts.ts";
import { useWords } from "../../words/words.ts";
import type { LabelKind } from "./mark-actions.ts";
import { detailsOf, labelling, rate, relabel } from "./marking.ts";
import styles from "./picture-marks.module.css";

export interface PictureMarksProps {
  /** The selected pictures, or the open one; at least one. */
  readonly ids: readonly string[];
  /** Opens the dialog for their tags or albums. */
  readonly onLabel: (kind: LabelKind, ids: readonly string[]) => void;
}

/** Rating, tags and albums of pictures, to view and to edit; for several pictures, the rating that all share. */
export function PictureMarks({ ids, onLabel }: PictureMarksProps) {
  const t = useWords("gallery");
  const [first = ""] = ids;
  const only = useImages((images) => (ids.length === 1 ? images[first] : undefined));
  return (
    <section className={styles.marks} aria-label={t("marks.group")}>
      <Row name={t("marks.ratingLabel")}>
        <Stars ids={ids} />
      </Row>
      <Row name={t("marks.tagsLabel")}>
        {only && <Labels kind="tags" image={only} />}
        <Button variant="plain" size="dense" icon={Tags} onPress={() => onLabel("tags", ids)}>
          {t("marks.tags")}
        </Button>
      </Row>
      <Row name={t("marks.albumsLabel")}>
        {only && <Labels kind="albums" image={only} />}
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

/** Pressing a name shows all pictures with the tag or in the album; the cross removes it from this one. */
function Labels({ kind, image }: { kind: LabelKind; image: Image }) {
  const t = useWords("gallery");
  const { client } = useStudio();
  const [, navigate] = useLocation();
  const show = (name: string) => {
    const search = writeTerm(kind === "tags" ? "tag" : "album", name);
    navigate(`/gallery?${new URLSearchParams({ search })}`);
  };
  const take = (name: string) =>
    doUndoable(t("undo"), async () => {
      const images = await detailsOf(client, [image.id]);
      const labelled = images.map((one) => ({ id: one.id, labels: one[kind] }));
      const change = { add: [], remove: [name] };
      const undo = await relabel(labelling(client, kind), labelled, change);
      return { text: t(`marks.${kind}Saved`, { count: 1 }), undo };
    });
  return image[kind].map((name) => (
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
