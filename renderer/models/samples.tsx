import { useQuery } from "@tanstack/react-query";
import { ImageIcon, Sparkles } from "lucide-react";
import { Link } from "wouter";
import type { ModelCard } from "../../engine/contract/folders.ts";
import type { StoredModel } from "../../engine/contract/models.ts";
import { useStudio } from "../connection/studio.tsx";
import { useImageName } from "../picture/picture.tsx";
import type { Image } from "../../engine/contract/gallery.ts";
import { Button } from "../ui/button.tsx";
import { Icon } from "../ui/icon.tsx";
import { attempt, showToast } from "../ui/toasts.ts";
import { formatAbout } from "../words/format.ts";
import { useWords } from "../words/words.ts";
import styles from "./samples.module.css";

/** The expected time of a picture with a model, and pictures drawn with it; read again when new pictures arrive. */
export function useModelCard(id: string) {
  const { queries } = useStudio();
  return useQuery(queries.models.card.queryOptions({ input: { id } })).data;
}

/** Pictures drawn on this machine with a model, and a button that draws one more. */
export function Samples({ model }: { model: StoredModel }) {
  const t = useWords("models");
  const { client } = useStudio();
  const card = useModelCard(model.id);
  const draw = async () => {
    await client.generation.enqueue({ prompt: t("card.prompt"), model: model.id });
    showToast(t("card.drawing"));
  };
  if (card === undefined || model.problem !== undefined) return null;
  return (
    <section className={styles.samples} aria-label={t("card.samples")}>
      <h3 className={styles.title}>{t("card.samples")}</h3>
      {card.pictures.length === 0 && <p className={styles.none}>{t("card.none")}</p>}
      {card.pictures.length > 0 && (
        <ul className={styles.pictures}>
          {card.pictures.map((image) => (
            <li key={image.id}>
              <Sample image={image} />
            </li>
          ))}
        </ul>
      )}
      <div>
        <Button size="dense" icon={Sparkles} onPress={() => attempt(draw())}>
          {t("card.draw")}
        </Button>
      </div>
    </section>
  );
}

function Sample({ image }: { image: Image }) {
  const name = useImageName(image.record);
  return (
    <Link href={`/gallery/${image.id}`}>
      <img src={image.thumbnail} alt={name} className={styles.picture} />
    </Link>
  );
}

/** A model's small picture in the list; a placeholder until one has been drawn. */
export function SampleThumbnail({ id }: { id: string }) {
  const picture = useModelCard(id)?.pictures[0];
  if (picture === undefined)
    return (
      <span className={styles.thumbnail}>
        <Icon of={ImageIcon} />
      </span>
    );
  return <img src={picture.thumbnail} alt="" className={styles.thumbnail} />;
}

/** The expected time of a picture with a model's default settings, in a few words. */
export function ExpectedTime({ id }: { id: string }) {
  return <TimeOf estimate={useModelCard(id)?.estimate} />;
}

/** An estimate for one picture, in a few words. */
export function TimeOf({ estimate }: Pick<ModelCard, "estimate">) {
  const t = useWords("models");
  if (estimate === undefined) return null;
  return <span>{t("card.time", { time: formatAbout(estimate.seconds) })}</span>;
}
