import { useQuery } from "@tanstack/react-query";
import {
  CircleAlert,
  Cpu,
  MemoryStick,
  RadioTower,
  Server,
  TriangleAlert,
  Unplug,
} from "lucide-react";
import { useLocation } from "wouter";
import type { Endpoint } from "../../engine/contract/endpoints.ts";
import type { Machine } from "../../engine/contract/machine.ts";
import { useStudio } from "../connection/studio.tsx";
import { useEndpoint } from "../picture/targets.ts";
import { useConnection, useIsLost } from "../state/connection.ts";
import { readinessOf } from "../state/endpoints.ts";
import { useForm } from "../state/form.ts";
import { useQueue } from "../state/queue.ts";
import { Icon } from "../ui/icon.tsx";
import { Tooltip } from "../ui/tooltip.tsx";
import { useEachSecond } from "../ui/use-each-second.ts";
import { formatBytes } from "../words/format.ts";
import { useWords } from "../words/words.ts";
import { Chip } from "./chip.tsx";
import { QueueChip } from "./queue-chip.tsx";
import styles from "./status-bar.module.css";

/**
 * Memory changes without an event, so it is read at this interval, more often while something is drawn. Milliseconds.
 */
const IDLE_MS = 30_000;
const BUSY_MS = 5000;

export interface StatusBarProps {
  readonly isQueueOpen: boolean;
  readonly onQueueOpenChange: (isOpen: boolean) => void;
}

/** The studio's state in one line. */
export function StatusBar({ isQueueOpen, onQueueOpenChange }: StatusBarProps) {
  const { queries } = useStudio();
  const t = useWords("frame");
  const isLost = useIsLost();
  const isBusy = useQueue(({ openIds }) => openIds.length > 0);
  const endpoint = useEndpoint(useForm(({ target }) => target));
  const machine = useQuery({
    ...queries.machine.get.queryOptions(),
    refetchInterval: isBusy ? BUSY_MS : IDLE_MS,
  }).data;
  // Nothing is known about a studio that does not answer.
  if (isLost)
    return (
      <footer className={styles.bar} aria-label={t("status")}>
        <ConnectionWords />
      </footer>
    );
  return (
    <footer className={styles.bar} aria-label={t("status")}>
      {endpoint ? <TargetChip endpoint={endpoint} /> : <DeviceChip machine={machine} />}
      {machine && <MemoryChip machine={machine} />}
      <span ref={offerDock} className={styles.space} />
      <ServerChip />
      <QueueChip isOpen={isQueueOpen} onOpenChange={onQueueOpenChange} />
      {machine && (
        <span className={styles.version}>{t("version", { version: machine.version })}</span>
      )}
    </footer>
  );
}

/** Offers the free middle of the bar to toasts. */
function offerDock(space: HTMLElement | null): (() => void) | undefined {
  if (space === null) return undefined;
  const { style } = document.documentElement;
  const observer = new ResizeObserver(() => {
    const { left, width } = space.getBoundingClientRect();
    style.setProperty("--dock-start", `${left}px`);
    style.setProperty("--dock-width", `${width}px`);
  });
  observer.observe(space);
  return () => {
    observer.disconnect();
    style.removeProperty("--dock-width");
  };
}

/** The device that draws, and why no better one is used. */
function DeviceChip({ machine }: { machine: Machine | undefined }) {
  const t = useWords("frame");
  const [, navigate] = useLocation();
  const device = machine?.device;
  const fallback = device?.fallback;
  const words = device
    ? t("device.local", { device: t(`device.names.${device.provider}`) })
    : t("device.unknown");
  const more = [
    device?.name,
    fallback === undefined ? undefined : t("device.fallback", { reason: fallback }),
  ];
  const note = more.filter((part) => part !== undefined).join(". ");
  return (
    <Tooltip text={note === "" ? t("device.settings") : note}>
      <Chip
        icon={fallback === undefined ? Cpu : TriangleAlert}
        onPress={() => navigate("/settings?line=device")}
      >
        {words}
      </Chip>
    </Tooltip>
  );
}

function MemoryChip({ machine }: { machine: Machine }) {
  const t = useWords("frame");
  const [, navigate] = useLocation();
  const { total, free, studio } = machine.memory;
  return (
    <Tooltip text={t("memoryNote", { studio: formatBytes(studio) })}>
      <Chip icon={MemoryStick} isMinor onPress={() => navigate("/settings")}>
        {t("memory", { used: formatBytes(total - free), total: formatBytes(total) })}
      </Chip>
    </Tooltip>
  );
}

/** How long the studio has not answered. */
function ConnectionWords() {
  const t = useWords("frame");
  const { lostAt } = useConnection();
  const time = (lostAt ?? new Date()).toLocaleTimeString("en-GB", { timeStyle: "short" });
  return (
    <span className={styles.lost} role="status">
      <Icon of={Unplug} />
      {t("lost", { time })}
    </span>
  );
}

/** Whether other programs can request pictures; hidden while the server is stopped. */
function ServerChip() {
  const t = useWords("frame");
  const { queries } = useStudio();
  const [, navigate] = useLocation();
  const server = useQuery(queries.server.get.queryOptions()).data;
  const waiting = useEachSecond(server?.waiting ?? 0);
  if (server === undefined || server.state === "stopped") return null;
  const isRunning = server.state === "running";
  const port = URL.parse(server.origin ?? "")?.port ?? server.settings.port;
  const words = isRunning ? t("serving.on", { port }) : t("serving.failed");
  return (
    <Chip icon={isRunning ? Server : CircleAlert} isMinor onPress={() => navigate("/server")}>
      {waiting > 0 ? `${words} · ${t("serving.waiting", { count: waiting })}` : words}
    </Chip>
  );
}

/** The endpoint that the next picture goes to, and its state. */
function TargetChip({ endpoint }: { endpoint: Endpoint }) {
  const t = useWords("frame");
  const words = useWords("endpoints");
  const [, navigate] = useLocation();
  const readiness = words(`readiness.${readinessOf(endpoint)}`);
  return (
    <Tooltip text={t("target.open")}>
      <Chip icon={RadioTower} onPress={() => navigate("/endpoints")}>
        {t("target.endpoint", { name: endpoint.name, readiness })}
      </Chip>
    </Tooltip>
  );
}
