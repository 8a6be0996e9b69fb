import { Box, ImagePlus, Images, type LucideIcon, Settings2 } from "lucide-react";
import { Link, useLocation } from "wouter";
import { classNames } from "../ui/class-names.ts";
import { Icon } from "../ui/icon.tsx";
import { useWords } from "../words/words.ts";
import styles from "./rail.module.css";

const PAGES = [
  { id: "generate", icon: ImagePlus },
  { id: "gallery", icon: Images },
  { id: "models", icon: Box },
  { id: "settings", icon: Settings2 },
] as const satisfies readonly { id: string; icon: LucideIcon }[];

/** The way from page to page. */
export function Rail() {
  const t = useWords("frame");
  const [address] = useLocation();
  return (
    <nav className={styles.rail} aria-label={t("pages")}>
      {PAGES.map(({ id, icon }) => {
        const isHere = address.startsWith(`/${id}`);
        return (
          <Link
            key={id}
            href={`/${id}`}
            className={classNames(styles.link, isHere && styles.here)}
            aria-current={isHere ? "page" : undefined}
            title={t(id)}
          >
            <Icon of={icon} size={20} />
            <span className={styles.label}>{t(id)}</span>
          </Link>
        );
      })}
    </nav>
  );
}
