import { CircleCheck, CircleMinus } from "lucide-react";
import type { DeviceReport } from "../../engine/contract/devices.ts";
import { classNames } from "../ui/class-names.ts";
import { Icon } from "../ui/icon.tsx";
import { useWords } from "../words/words.ts";
import styles from "./drawing-section.module.css";
import { useDeviceName } from "./use-device-name.ts";

/** What this machine can compute on, best first, and why the rest is passed over. */
export function DeviceTable({ reports }: { reports: readonly DeviceReport[] }) {
  return (
    <ul className={styles.devices}>
      {reports.map((report) => (
        <DeviceRow key={report.provider} report={report} />
      ))}
    </ul>
  );
}

function DeviceRow({ report }: { report: DeviceReport }) {
  const t = useWords("settings");
  const nameOf = useDeviceName();
  const { provider, available, float16, reason } = report;
  const usable = reason === undefined ? t("drawing.ready") : t("drawing.passedOver");
  return (
    <li className={styles.device}>
      <span className={classNames(styles.mark, available && reason === undefined && styles.good)}>
        <Icon of={available ? CircleCheck : CircleMinus} />
      </span>
      <span>{nameOf(provider)}</span>
      <span className={styles.state}>{available ? usable : t("drawing.missing")}</span>
      <span className={styles.reason}>
        {reason ?? t(float16 ? "drawing.halves" : "drawing.singles")}
      </span>
    </li>
  );
}
