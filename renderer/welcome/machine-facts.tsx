import { useQuery } from "@tanstack/react-query";
import type { Machine } from "../../engine/contract/machine.ts";
import { useStudio } from "../connection/studio.tsx";
import { formatAbout, formatBytes } from "../words/format.ts";
import { useWords } from "../words/words.ts";
import styles from "./welcome.module.css";

/** What this machine can do: its device and memory, and the time of a full-size picture with each preset. */
export function MachineFacts() {
  const t = useWords("welcome");
  const { queries } = useStudio();
  const { data: machine, error } = useQuery(queries.machine.get.queryOptions());
  if (error) return <p className={styles.machine}>{`${t("failed")}: ${error.message}`}</p>;
  if (machine?.device === undefined) return <p className={styles.machine}>{t("trying")}</p>;
  const { device, memory, disk, presets = [] } = machine;
  return (
    <section className={styles.machine} aria-label={t("facts.title")}>
      <p>{t("machine", { device: device.name ?? device.provider })}</p>
      <dl className={styles.facts}>
        <Fact name={t("facts.memory")}>
          {t("facts.free", { free: formatBytes(memory.free), total: formatBytes(memory.total) })}
        </Fact>
        <Fact name={t("facts.disk")}>
          {t("facts.free", { free: formatBytes(disk.free), total: formatBytes(disk.total) })}
        </Fact>
      </dl>
      {presets.length > 0 && (
        <>
          <p className={styles.note}>{t("facts.presets")}</p>
          <dl className={styles.facts}>
            {presets.map((one) => (
              <PresetTime key={one.preset} {...one} />
            ))}
          </dl>
        </>
      )}
      {device.fallback !== undefined && (
        <p className={styles.note}>{t("fallback", { reason: device.fallback })}</p>
      )}
    </section>
  );
}

function PresetTime({ preset, seconds }: NonNullable<Machine["presets"]>[number]) {
  const quality = useWords("generate");
  const t = useWords("welcome");
  return (
    <Fact name={quality(`quality.${preset}`)}>
      {t("facts.about", { time: formatAbout(seconds) })}
    </Fact>
  );
}

function Fact({ name, children }: { name: string; children: string }) {
  return (
    <div className={styles.fact}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
