import { useQuery } from "@tanstack/react-query";
import { Star } from "lucide-react";
import { readSearch } from "../../../engine/contract/gallery-search.ts";
import { useStudio } from "../../connection/studio.tsx";
import { classNames } from "../../ui/class-names.ts";
import { Icon } from "../../ui/icon.tsx";
import { formatCount } from "../../words/format.ts";
import { useWords } from "../../words/words.ts";
import { NO_FACETS } from "../filters/filters.tsx";
import { AlbumList } from "./album-list.tsx";
import type { Naming } from "./album-name-dialog.tsx";
import styles from "./gallery-rail.module.css";
import type { Terms } from "./use-terms.ts";

export interface GalleryRailProps {
  readonly search: Terms;
  /** Called with an album to rename, or for a new one. */
  readonly onName: (naming: Naming) => void;
}

/** Albums, ratings and tags beside the sheet; a press filters by one, another press shows everything again. */
export function GalleryRail({ search, onName }: GalleryRailProps) {
  const t = useWords("gallery");
  const { queries } = useStudio();
  const { data: facets = NO_FACETS } = useQuery(queries.gallery.facets.queryOptions());
  return (
    <nav className={styles.rail} aria-label={t("rail.label")}>
      <AlbumList albums={facets.albums} search={search} onName={onName} />
      <h2 className={styles.title}>{t("rail.rating")}</h2>
      <Ratings search={search} />
      <h2 className={styles.title}>{t("rail.tags")}</h2>
      {facets.tags.length === 0 && <p className={styles.none}>{t("rail.noTags")}</p>}
      <ul className={styles.list}>
        {facets.tags.map(({ name, count }) => (
          <li key={name}>
            <button
              type="button"
              className={styles.entry}
              aria-pressed={search.has("tag", name)}
              onClick={() => search.toggle("tag", name)}
            >
              <span className={styles.name} dir="auto">
                {name}
              </span>
              <span className={styles.total}>{formatCount(count)}</span>
            </button>
          </li>
        ))}
      </ul>
    </nav>
  );
}

const STARS = [1, 2, 3, 4, 5] as const;

/** Filters by a minimum number of stars. */
function Ratings({ search }: { search: Terms }) {
  const t = useWords("gallery");
  const term = readSearch(search.search).terms.find(({ name }) => name === "rating");
  const least = term && "number" in term && term.comparison === ">=" ? term.number : 0;
  return (
    <div role="group" aria-label={t("rail.rating")} className={styles.stars}>
      {STARS.map((rating) => (
        <button
          key={rating}
          type="button"
          className={classNames(styles.star, rating <= least && styles.lit)}
          aria-label={t("rail.atLeast", { count: rating })}
          aria-pressed={rating === least}
          onClick={() => search.put("rating", rating === least ? undefined : `rating:>=${rating}`)}
        >
          <Icon of={Star} />
        </button>
      ))}
    </div>
  );
}
