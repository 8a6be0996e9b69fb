import { useQuery } from "@tanstack/react-query";
import type { Image } from "../../../engine/contract/gallery.ts";
import { DECODERS } from "../../../engine/contract/presets.ts";
import { SCHEDULER_NAMES } from "../../../engine/contract/schedulers.ts";
import { compareRecords, type ComparedValue } from "../../picture/differences.ts";
import { providerOf } from "../../picture/provider.ts";
import { secondsOf, useTargetName } from "../../picture/targets.ts";
import { formatDuration, formatShare } from "../../words/format.ts";
import { useWords } from "../../words/words.ts";
import styles from "./comparison.module.css";
import { pixelDifference } from "./pixel-difference.ts";

/** How two pictures were made: first what differs, then what is equal. */
export function Differences({ left, right }: { left: Image; right: Image }) {
  const t = useWords("gallery");
  const all = compareRecords(left, right);
  const [different, same] = [all.filter(({ isSame }) => !isSame), all.filter((v) => v.isSame)];
  return (
    <aside className={styles.differences} aria-label={t("compare.differences")}>
      <Measures left={left} right={right} />
      <h2 className={styles.heading}>{t("compare.differences")}</h2>
      {different.length === 0 ? (
        <p className={styles.absent}>{t("compare.none")}</p>
      ) : (
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">{t("compare.field")}</th>
              <th scope="col">{t("compare.left")}</th>
              <th scope="col">{t("compare.right")}</th>
            </tr>
          </thead>
          <tbody>
            {different.map((value) => (
              <Row key={value.name} value={value} />
            ))}
          </tbody>
        </table>
      )}
      {same.length > 0 && <h2 className={styles.heading}>{t("compare.same")}</h2>}
      <table className={styles.table}>
        <tbody>
          {same.map((value) => (
            <Row key={value.name} value={value} />
          ))}
        </tbody>
      </table>
    </aside>
  );
}

/** What helps to compare targets: where each picture was drawn, how long that took, and how much the pixels differ. */
function Measures({ left, right }: { left: Image; right: Image }) {
  const t = useWords("gallery");
  const nameOf = useTargetName();
  const both = [left, right];
  const times = both.map(({ seconds }) => seconds && formatDuration(secondsOf(seconds)));
  const apart = usePixelDifference(left, right);
  return (
    <table className={styles.table}>
      <tbody>
        <tr>
          <th scope="row">{t("compare.target")}</th>
          {both.map(({ target }, side) => (
            <td key={side}>{nameOf(target)}</td>
          ))}
        </tr>
        <tr>
          <th scope="row">{t("compare.time")}</th>
          {times.map((time, side) => (
            <td key={side} className={time === undefined ? styles.absent : undefined}>
              {time ?? t("compare.untold")}
            </td>
          ))}
        </tr>
        <tr>
          <th scope="row">{t("compare.pixels")}</th>
          <td colSpan={2}>{apart}</td>
        </tr>
      </tbody>
    </table>
  );
}

/** As text; empty while it is computed. */
function usePixelDifference(left: Image, right: Image): string {
  const t = useWords("gallery");
  const { data, isError } = useQuery({
    queryKey: ["pixel difference", left.id, right.id],
    queryFn: async () => (await pixelDifference([left.address, right.address])) ?? null,
    staleTime: Infinity,
    retry: false,
  });
  if (isError) return t("compare.untold");
  if (data === undefined) return "";
  if (data === null) return t("compare.otherSize");
  if (data.share === 0) return t("compare.identical");
  const levels = data.levels.toFixed(1);
  return t("compare.apart", { levels, share: formatShare(data.share) });
}

function Row({ value: { name, left, right, isSame } }: { value: ComparedValue }) {
  const t = useWords("picture");
  return (
    <tr className={isSame ? styles.same : undefined}>
      <th scope="row">{t(`fields.${name}`)}</th>
      {(isSame ? [left] : [left, right]).map((value, side) => (
        <Cell key={side} name={name} value={value} span={isSame ? 2 : 1} />
      ))}
    </tr>
  );
}

/** Settings that every picture has, even if its record does not name them. */
const UNTOLD: ReadonlySet<ComparedValue["name"]> = new Set([
  "seed",
  "steps",
  "guidanceScale",
  "scheduler",
]);

interface CellProps {
  readonly name: ComparedValue["name"];
  readonly value: string | undefined;
  readonly span: number;
}

function Cell({ name, value, span }: CellProps) {
  const t = useWords("gallery");
  const textOf = useValueText();
  if (value === undefined)
    return (
      <td colSpan={span} className={styles.absent}>
        {t(UNTOLD.has(name) ? "compare.untold" : "compare.absent")}
      </td>
    );
  return <td colSpan={span}>{textOf(name, value)}</td>;
}

/** A value of a record in the words of the details. */
function useValueText(): (name: ComparedValue["name"], value: string) => string {
  const t = useWords("picture");
  return (name, value) => {
    const scheduler = name === "scheduler" && SCHEDULER_NAMES.find((known) => known === value);
    if (scheduler) return t(`schedulers.${scheduler}`);
    const provider = name === "device" && providerOf(value);
    if (provider) return t(`devices.${provider}`);
    const decoder = name === "decoder" && DECODERS.find((known) => known === value);
    if (decoder) return t(`decoders.${decoder}`);
    return name === "cacheInterval" ? t("oneStepOf", { steps: value }) : value;
  };
}
