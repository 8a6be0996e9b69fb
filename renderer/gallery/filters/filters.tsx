import { useQuery } from "@tanstack/react-query";
import { FilterX, Heart, ListFilter } from "lucide-react";
import { memo } from "react";
import type { GalleryFacets, GalleryQuery } from "../../../engine/contract/gallery.ts";
import { LOCAL_TARGET } from "../../../engine/contract/generation.ts";
import { useStudio } from "../../connection/studio.tsx";
import { useTargetName } from "../../picture/targets.ts";
import { Button } from "../../ui/button.tsx";
import { IconButton } from "../../ui/icon-button.tsx";
import { Popover } from "../../ui/popover.tsx";
import { Select, type SelectOption } from "../../ui/select.tsx";
import { useMediaQuery } from "../../ui/use-media-query.ts";
import { formatCount } from "../../words/format.ts";
import { useWords } from "../../words/words.ts";
import { cleared, isNarrowed } from "../address.ts";
import { DateFilter } from "./date-filter.tsx";
import styles from "./filters.module.css";

export interface FiltersProps {
  readonly query: GalleryQuery;
  readonly onChange: (query: GalleryQuery) => void;
}

/** Used until the facets are known. */
export const NO_FACETS: GalleryFacets = {
  models: [],
  targets: [],
  sizes: [],
  tags: [],
  albums: [],
  starred: 0,
  trashed: 0,
  total: 0,
};

/** All filters except the search text; where the window has no room for them in one row, most are in a popover. */
export const Filters = memo(function Filters({ query, onChange }: FiltersProps) {
  const t = useWords("gallery");
  const { queries } = useStudio();
  const { data: facets = NO_FACETS } = useQuery(queries.gallery.facets.queryOptions());
  const isWide = useMediaQuery("(min-width: 1680px)");
  const isStarred = query.isStarred === true;
  const choices = <Choices query={query} onChange={onChange} facets={facets} />;
  const count = countChosen(query);
  return (
    <div role="group" aria-label={t("filters.label")} className={styles.filters}>
      {isWide ? (
        choices
      ) : (
        <Popover
          label={t("filters.label")}
          placement="bottom start"
          trigger={
            <Button icon={ListFilter}>
              {count === 0 ? t("filters.label") : t("filters.chosen", { count })}
            </Button>
          }
        >
          <div className={styles.choices}>{choices}</div>
        </Popover>
      )}
      <IconButton
        icon={Heart}
        variant="quiet"
        label={t("filters.starred")}
        isChosen={isStarred}
        onPress={() => onChange(narrow(query, { isStarred: isStarred ? undefined : true }))}
      />
      {isNarrowed(query) && (
        <IconButton
          icon={FilterX}
          label={t("filters.clear")}
          onPress={() => onChange(cleared(query))}
        />
      )}
    </div>
  );
});

interface FacetFilterProps extends FiltersProps {
  readonly facets: GalleryFacets;
}

function Choices({ query, onChange, facets }: FacetFilterProps) {
  return (
    <>
      <ModelFilter query={query} onChange={onChange} facets={facets} />
      {facets.targets.length > 1 && (
        <TargetFilter query={query} onChange={onChange} facets={facets} />
      )}
      <SizeFilter query={query} onChange={onChange} facets={facets} />
      <DateFilter query={query} onChange={(stretch) => onChange(narrow(query, stretch))} />
    </>
  );
}

/** The number of filters that are set, of those in the popover. */
function countChosen({ model, target, size, from, to }: GalleryQuery): number {
  return [model, target, size, from ?? to].filter((value) => value !== undefined).length;
}

function ModelFilter({ query, onChange, facets }: FacetFilterProps) {
  const t = useWords("gallery");
  const named = facets.models.map(({ name, count }) => optionOf(name, name, count));
  return (
    <Choice
      label={t("filters.model")}
      all={t("filters.allModels")}
      options={named}
      value={query.model}
      onChange={(model) => onChange(narrow(query, { model }))}
    />
  );
}

function TargetFilter({ query, onChange, facets }: FacetFilterProps) {
  const t = useWords("gallery");
  const nameOf = useTargetName();
  const named = facets.targets.map(({ name, count }) =>
    optionOf(name, name === LOCAL_TARGET ? t("filters.here") : nameOf(name), count),
  );
  return (
    <Choice
      label={t("filters.target")}
      all={t("filters.allTargets")}
      options={named}
      value={query.target}
      onChange={(target) => onChange(narrow(query, { target }))}
    />
  );
}

function SizeFilter({ query, onChange, facets }: FacetFilterProps) {
  const t = useWords("gallery");
  const named = facets.sizes.map(({ width, height, count }) =>
    optionOf(`${width}x${height}`, t("filters.sizeOf", { width, height }), count),
  );
  return (
    <Choice
      label={t("filters.size")}
      all={t("filters.allSizes")}
      options={named}
      value={query.size && `${query.size.width}x${query.size.height}`}
      onChange={(size) => {
        const [width = 0, height = 0] = size?.split("x").map(Number) ?? [];
        onChange(narrow(query, { size: size === undefined ? undefined : { width, height } }));
      }}
    />
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly all: string;
  readonly options: readonly SelectOption<string>[];
  readonly value: string | undefined;
  readonly onChange: (value: string | undefined) => void;
}

/** One value of a facet, or all; the address's value is listed even if no picture has it. */
function Choice({ label, all, options, value = "", onChange }: ChoiceProps) {
  const isKnown = value === "" || options.some((option) => option.value === value);
  const asked = isKnown ? [] : [{ value, label: value }];
  return (
    <div className={styles.choice}>
      <Select
        label={label}
        isLabelHidden
        value={value}
        onChange={(chosen) => onChange(chosen === "" ? undefined : chosen)}
        options={[{ value: "", label: all }, ...asked, ...options]}
      />
    </div>
  );
}

function optionOf(value: string, label: string, count: number): SelectOption<string> {
  return { value, label, note: formatCount(count) };
}

type Narrowing = { readonly [Name in keyof GalleryQuery]?: GalleryQuery[Name] | undefined };

function narrow(query: GalleryQuery, change: Narrowing): GalleryQuery {
  const all = Object.entries({ ...query, ...change });
  return Object.fromEntries(all.filter(([, value]) => value !== undefined));
}
