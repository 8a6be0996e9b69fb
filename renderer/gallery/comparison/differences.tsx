import type { Image } from "../../../engine/contract/gallery.ts";
import { SCHEDULER_NAMES } from "../../../engine/contract/schedulers.ts";
import { compareRecords, type ComparedValue } from "../../picture/differences.ts";
import { useWords } from "../../words/words.ts";
import styles from "./comparison.module.css";

/** How two pictures were made: what differs, then what does not. */
export function Differences({ left, right }: { left: Image; right: Image }) {
  const t = useWords("gallery");
  const all = compareRecords(left, right);
  const [different, same] = [all.filter(({ isSame }) => !isSame), all.filter((v) => v.isSame)];
  return (
    <aside className={styles.differences} aria-label={t("compare.differences")}>
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

/** Settings that every picture has, whether its maker tells of them or not. */
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
  const picture = useWords("picture");
  if (value === undefined)
    return (
      <td colSpan={span} className={styles.absent}>
        {t(UNTOLD.has(name) ? "compare.untold" : "compare.absent")}
      </td>
    );
  const scheduler = name === "scheduler" && SCHEDULER_NAMES.find((known) => known === value);
  return <td colSpan={span}>{scheduler ? picture(`schedulers.${scheduler}`) : value}</td>;
}
