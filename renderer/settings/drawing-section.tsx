import { useQuery } from "@tanstack/react-query";
import { CircleCheck, CircleMinus, RotateCcw } from "lucide-react";
import { useState } from "react";
import type { DeviceReport } from "../../engine/contract/devices.ts";
import type { Settings } from "../../engine/contract/settings.ts";
import { useStudio } from "../connection/studio.tsx";
import { Failed, Skeleton } from "../ui/async-states.tsx";
import { Button } from "../ui/button.tsx";
import { classNames } from "../ui/class-names.ts";
import { Icon } from "../ui/icon.tsx";
import { Select } from "../ui/select.tsx";
import { attempt } from "../ui/toasts.ts";
import { useWords } from "../words/words.ts";
import { CudaSupport } from "./cuda-support.tsx";
import styles from "./drawing-section.module.css";
import { Line } from "./line.tsx";
import { Actions, Section } from "./section.tsx";
import { useChange } from "./use-change.ts";

/** The device that draws pictures, and why others are not used. */
export function DrawingSection({ settings: { device } }: { settings: Settings }) {
  const t = useWords("settings");
  const { queries } = useStudio();
  const change = useChange();
  const nameOf = useDeviceName();
  const asked = queries.devices.list.queryOptions({ input: {} });
  const { data: reports, error, refetch } = useQuery(asked);
  const best = reports?.find(isChoice);
  return (
    <Section of="drawing">
      {error && <Failed title={t("drawing.failed")} error={error} onRetry={() => void refetch()} />}
      {reports === undefined && !error && <Skeleton className={styles.skeleton} />}
      {reports && (
        <>
          <Line
            id="device"
            below={
              <>
                <DeviceTable reports={reports} />
                <TryAgain />
              </>
            }
          >
            <div className={styles.select}>
              <Select
                label={t("drawing.device")}
                value={device}
                onChange={(value) => change({ device: value })}
                options={[
                  {
                    value: "auto" as const,
                    label: t("drawing.auto"),
                    note: best && t("drawing.autoNote", { name: nameOf(best.provider) }),
                  },
                  ...reports.map(({ provider, available }) => ({
                    value: provider,
                    label: nameOf(provider),
                    isDisabled: !available,
                  })),
                ]}
              />
            </div>
          </Line>
          {reports.some(isCuda) && <CudaSupport />}
        </>
      )}
    </Section>
  );
}

/** Tries every device again, for example after a driver or the CUDA libraries were installed. */
function TryAgain() {
  const t = useWords("settings");
  const { client, queries, cache } = useStudio();
  const [isTrying, setIsTrying] = useState(false);
  const tryDevices = async () => {
    setIsTrying(true);
    try {
      const fresh = await client.devices.list({ isFresh: true });
      cache.setQueryData(queries.devices.list.queryKey({ input: {} }), fresh);
    } finally {
      setIsTrying(false);
    }
  };
  return (
    <Actions>
      <Button icon={RotateCcw} isDisabled={isTrying} onPress={() => attempt(tryDevices())}>
        {t(isTrying ? "drawing.trying" : "drawing.tryAgain")}
      </Button>
    </Actions>
  );
}

/** Whether `auto` may choose it: it works, and there is no reason against it. */
function isChoice({ available, reason }: DeviceReport): boolean {
  return available && reason === undefined;
}

function isCuda({ provider }: DeviceReport): boolean {
  return provider === "cuda";
}

/** The devices of this machine, best first, and why the others are not used. */
function DeviceTable({ reports }: { reports: readonly DeviceReport[] }) {
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
  const { provider, available, name, reason } = report;
  const precision = t(precisionWordOf(report));
  const ability = name === undefined ? precision : t("drawing.named", { name, precision });
  const usable = reason === undefined ? t("drawing.ready") : t("drawing.passedOver");
  return (
    <li className={styles.device}>
      <span className={classNames(styles.mark, available && reason === undefined && styles.good)}>
        <Icon of={available ? CircleCheck : CircleMinus} />
      </span>
      <span>{nameOf(provider)}</span>
      <span className={styles.state}>{available ? usable : t("drawing.missing")}</span>
      <span className={styles.reason}>{reason ?? ability}</span>
    </li>
  );
}

/** What networks can be computed in there; int8 only where the probe has tested it. */
function precisionWordOf({ float16, int8Bits }: DeviceReport) {
  if (int8Bits !== undefined) return int8Bits < 8 ? "drawing.int8Narrow" : "drawing.int8";
  return float16 ? "drawing.halves" : "drawing.singles";
}

/** The display name of a provider. */
function useDeviceName(): (provider: DeviceReport["provider"]) => string {
  const t = useWords("settings");
  return (provider) => t(provider === "cuda" ? "drawing.cudaName" : `drawing.${provider}`);
}
