import { Calendar } from "lucide-react";
import type { GalleryQuery } from "../../../engine/contract/gallery.ts";
import { Button } from "../../ui/button.tsx";
import { Chips } from "../../ui/chips.tsx";
import { Popover } from "../../ui/popover.tsx";
import { TextField } from "../../ui/text-field.tsx";
import { formatShortDay } from "../../words/format.ts";
import { useWords } from "../../words/words.ts";
import styles from "./filters.module.css";

interface Stretch {
  readonly from: string | undefined;
  readonly to: string | undefined;
}

export interface DateFilterProps {
  readonly query: GalleryQuery;
  readonly onChange: (stretch: Stretch) => void;
}

/** A filter by first and last day. */
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

/** Frequently used periods. */
export const PERIODS = ["today", "week", "month", "year"] as const;
type Period = (typeof PERIODS)[number];

/** The first day of a period that ends today, in the form of the address: 2026-11-24. */
export function startOf(period: Period, now: Date): string {
  const [year, month, day] = [now.getFullYear(), now.getMonth(), now.getDate()];
  const start = {
    today: new Date(year, month, day),
    week: new Date(year, month, day - 6),
    month: new Date(year, month, day - 29),
    year: new Date(year, 0, 1),
  }[period];
  return [start.getFullYear(), start.getMonth() + 1, start.getDate()]
    .map((part) => String(part).padStart(2, "0"))
    .join("-");
}

/** The period that a filter equals; undefined if it is a different range. */
export function periodOf(
  { from, to }: { from?: string | undefined; to?: string | undefined },
  now: Date,
): Period | undefined {
  if (from === undefined || to !== undefined) return undefined;
  return PERIODS.find((period) => startOf(period, now) === from);
}
