import {
  Box,
  Cylinder,
  ImagePlus,
  Images,
  type LucideIcon,
  RadioTower,
  Rocket,
  Server,
  Settings2,
} from "lucide-react";
import { Link, useLocation } from "wouter";
import type { Transfer } from "../../engine/contract/transfers.ts";
import { isActive, useTransfers } from "../state/transfers.ts";
import { classNames } from "../ui/class-names.ts";
import { Icon } from "../ui/icon.tsx";
import { ProgressRing } from "../ui/progress-bar.tsx";
import { useWords } from "../words/words.ts";
import styles from "./rail.module.css";

/** All pages, in the order of their shortcuts. */
export const PAGES = [
  { id: "generate", icon: ImagePlus },
  { id: "gallery", icon: Images },
  { id: "models", icon: Box },
  { id: "buckets", icon: Cylinder },
  { id: "deploy", icon: Rocket },
  { id: "endpoints", icon: RadioTower },
  { id: "server", icon: Server },
  { id: "settings", icon: Settings2 },
] as const satisfies readonly { id: string; icon: LucideIcon }[];
export type PageId = (typeof PAGES)[number]["id"];

/** The page that an address belongs to. */
export function pageOf(address: string): PageId {
  return PAGES.find(({ id }) => address.startsWith(`/${id}`))?.id ?? "generate";
}

/** The navigation between pages. */
export function Rail() {
  const t = useWords("frame");
  const [address] = useLocation();
  return (
    <nav className={styles.rail} aria-label={t("pages")}>
      {PAGES.map(({ id, icon }) => {
        const isHere = pageOf(address) === id;
        return (
          <Link
            key={id}
            href={`/${id}`}
            className={classNames(styles.link, isHere && styles.here)}
            aria-current={isHere ? "page" : undefined}
            aria-label={t(id)}
            title={t(id)}
          >
            <Icon of={icon} size={20} />
            <span className={styles.label}>{t(id)}</span>
          </Link>
        );
      })}
      <span className={styles.space} />
      <Transfers />
    </nav>
  );
}

/** The number of current downloads, which are on the Models page. */
function Transfers() {
  const t = useWords("frame");
  const active = useTransfers(({ all }) => all).filter(isActive);
  if (active.length === 0) return null;
  const share = shareOf(active);
  const words = t("transfers", { count: active.length, share: Math.round(100 * share) });
  return (
    <Link href="/models" className={styles.link} aria-label={words} title={words}>
      <ProgressRing label={words} share={share} />
      <span className={styles.label}>{Math.round(100 * share)} %</span>
    </Link>
  );
}

function shareOf(transfers: readonly Transfer[]): number {
  const total = transfers.reduce((sum, { totalBytes }) => sum + totalBytes, 0);
  const done = transfers.reduce((sum, { doneBytes }) => sum + doneBytes, 0);
  return total === 0 ? 0 : done / total;
}
