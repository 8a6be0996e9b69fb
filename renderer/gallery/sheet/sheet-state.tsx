import { FilterX, FolderInput, ImageDown, ImagePlus } from "lucide-react";
import { useLocation } from "wouter";
import type { GalleryQuery } from "../../../engine/contract/gallery.ts";
import { readSearch } from "../../../engine/contract/gallery-search.ts";
import { asFailure } from "../../connection/failure.ts";
import { useView } from "../../state/view.ts";
import { Button } from "../../ui/button.tsx";
import { Empty, Failed, Skeleton } from "../../ui/async-states.tsx";
import { useWords } from "../../words/words.ts";
import { cleared, isNarrowed } from "../address.ts";
import styles from "./sheet-state.module.css";
import { usePictureImport } from "../../picture/use-picture-import.ts";
import type { ShownNames } from "./use-names.ts";

export interface SheetStateProps {
  readonly shown: ShownNames;
  readonly query: GalleryQuery;
  readonly onAsk: (query: GalleryQuery) => void;
}

/** Shown instead of the sheet: that it is empty, loading, or failed to load. */
export function SheetState({ shown, query, onAsk }: SheetStateProps) {
  const t = useWords("gallery");
  const [, navigate] = useLocation();
  const { choose } = usePictureImport();
  const { names, error, retry } = shown;
  if (names === undefined)
    return error ? (
      <Failed title={t("failed")} error={asFailure(error)} onRetry={retry} />
    ) : (
      <SheetSkeleton />
    );
  if (isNarrowed(query))
    return (
      <Empty title={t("empty.notFound")}>
        <UnreadableTerm search={query.search ?? ""} />
        <Button icon={FilterX} onPress={() => onAsk(cleared(query))}>
          {t("filters.clear")}
        </Button>
      </Empty>
    );
  if (query.isTrashed === true) return <Empty title={t("empty.trash")} />;
  return (
    <Empty title={t("empty.nothing")}>
      <p className={styles.text}>{t("empty.teach")}</p>
      <Button variant="filled" icon={ImagePlus} onPress={() => navigate("/generate")}>
        {t("actions.generate")}
      </Button>
      <Button icon={ImageDown} onPress={() => choose("files")}>
        {t("import.files")}
      </Button>
      <Button icon={FolderInput} onPress={() => choose("folder")}>
        {t("import.folder")}
      </Button>
    </Empty>
  );
}

/** Explains an empty result if a setting in the search has an impossible value. */
function UnreadableTerm({ search }: { search: string }) {
  const t = useWords("gallery");
  const wrong = readSearch(search).terms.find((term) => "unreadable" in term);
  if (wrong === undefined) return null;
  const { name, unreadable } = wrong;
  return <p>{t("unreadable", { term: `${name}:${unreadable}`, example: t(`terms.${name}`) })}</p>;
}

/** Placeholder tiles for one or two lines; the real number is not known yet. */
const PLACES = Array.from({ length: 12 }, (_, place) => place);

function SheetSkeleton() {
  const side = useView((view) => view.tileSize);
  return (
    <div className={styles.skeleton} aria-busy>
      <Skeleton className={styles.day} />
      <div className={styles.tiles}>
        {PLACES.map((place) => (
          <div key={place} style={{ width: side, height: side }}>
            <Skeleton className={styles.tile} />
          </div>
        ))}
      </div>
    </div>
  );
}
