import { Cylinder } from "lucide-react";
import { Icon } from "../../ui/icon.tsx";
import { useWords } from "../../words/words.ts";
import styles from "./breadcrumbs.module.css";
import { waysTo } from "./rows.ts";

export interface BreadcrumbsProps {
  /** Undefined while the list of buckets is shown. */
  readonly bucket: string | undefined;
  readonly connection: string;
  readonly prefix: string;
  /** Whether the first breadcrumb leads to the list of buckets. */
  readonly hasBuckets: boolean;
  readonly onOpen: (prefix: string) => void;
  readonly onBuckets: () => void;
}

/** The path from the bucket to the folder that is shown; each part is a link. */
export function Breadcrumbs(props: BreadcrumbsProps) {
  const { bucket, connection, prefix, hasBuckets, onOpen, onBuckets } = props;
  const t = useWords("buckets");
  const ways = bucket === undefined ? [] : [{ key: "", name: bucket }, ...waysTo(prefix)];
  return (
    <nav aria-label={t("way")} className={styles.way}>
      <ol className={styles.parts}>
        {(hasBuckets || bucket === undefined) && (
          <Part isHere={bucket === undefined} onPress={onBuckets}>
            {connection}
          </Part>
        )}
        {ways.map(({ key, name }, place) => (
          <Part
            key={key}
            isBucket={place === 0}
            isHere={place === ways.length - 1}
            onPress={() => onOpen(key)}
          >
            {name === "" ? t("unnamed") : name}
          </Part>
        ))}
      </ol>
    </nav>
  );
}

interface PartProps {
  readonly isHere: boolean;
  readonly isBucket?: boolean;
  readonly onPress: () => void;
  readonly children: string;
}

function Part({ isHere, isBucket = false, onPress, children }: PartProps) {
  return (
    <li className={styles.part}>
      <button
        type="button"
        className={styles.link}
        aria-current={isHere ? "page" : undefined}
        onClick={onPress}
      >
        {isBucket && <Icon of={Cylinder} />}
        <span className={styles.text}>{children}</span>
      </button>
    </li>
  );
}
