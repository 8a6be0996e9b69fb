import { Calendar } from "lucide-react";
import type { GalleryQuery } from "../../../engine/contract/gallery.ts";
import { Button } from "../../ui/button.tsx";
import { Chips } from "../../ui/chips.tsx";
import { Popover } from "../../ui/popover.tsx";
import { TextField } from "../../ui/text-field.tsx";
import { formatShortDay } from "../../words/format.ts";
import { useWords } from "../../words/words.ts";
import { PERIODS, periodOf, startOf } from "./dates.ts";
import styles from "./filters.module.css";

interface Stretch {
  readonly from: string | undefined;
  readonly to: string | undefined;
}

export interface DateFilterProps {
  readonly query: GalleryQuery;
  readonly onChange: (stretch: Stretch) => void;
}

/** From which day to which. */
export function DateFilter({ query, onChange }: DateFilterProps) {
  const t = useWords("gallery");
  const { from, to } = query;
  const name = useStretchName(query);
  const isOn = from !== undefined || to !== undefined;
  const period = isOn ? periodOf(query, new Date()) : "any";
  const change = (side: "from" | "to") => (day: string) =>
    onChange({ from, to, [side]: day === "" ? undefined : day });
  return (
    <Popover
      label={t("dates.label")}
      placement="bottom start"
      trigger={
        <Button icon={Calendar} aria-label={`${t("dates.label")}: ${name}`}>
          {name}
        </Button>
      }
    >
      <div className={styles.dates}>
        <Chips
          label={t("dates.label")}
          value={period}
          onChange={(chosen) =>
            onChange({
              from: chosen === "any" ? undefined : startOf(chosen, new Date()),
              to: undefined,
            })
          }
          chips={(["any", ...PERIODS] as const).map((value) => ({
            value,
            label: t(`dates.${value}`),
          }))}
        />
        <div className={styles.days}>
          <TextField
            type="date"
            label={t("dates.from")}
            value={from ?? ""}
            onChange={change("from")}
          />
          <TextField type="date" label={t("dates.to")} value={to ?? ""} onChange={change("to")} />
        </div>
      </div>
    </Popover>
  );
}

function useStretchName(query: GalleryQuery): string {
  const t = useWords("gallery");
  const { from, to } = query;
  const period = periodOf(query, new Date());
  if (period !== undefined) return t(`dates.${period}`);
  if (from !== undefined && to !== undefined)
    return from === to
      ? formatShortDay(from)
      : t("dates.between", { from: formatShortDay(from), to: formatShortDay(to) });
  if (from !== undefined) return t("dates.since", { from: formatShortDay(from) });
  return to === undefined ? t("dates.any") : t("dates.until", { to: formatShortDay(to) });
}
