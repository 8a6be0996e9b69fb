import {
  File,
  FileArchive,
  FileImage,
  FileText,
  Folder,
  type LucideIcon,
  Package,
  Weight,
} from "lucide-react";
import { memo } from "react";
import { classNames } from "../../ui/class-names.ts";
import { Icon } from "../../ui/icon.tsx";
import { formatBytes, formatWhen } from "../../words/format.ts";
import { useWords } from "../../words/words.ts";
import styles from "./object-list.module.css";
import { type FileKind, fileKindOf, printable, type Row } from "./rows.ts";

export const KIND_ICONS: Readonly<Record<FileKind, LucideIcon>> = {
  folder: Folder,
  archive: Package,
  weights: Weight,
  text: FileText,
  picture: FileImage,
  packed: FileArchive,
  file: File,
};

export interface ObjectRowProps {
  readonly row: Row;
  readonly index: number;
  /** Pixels below the column header. */
  readonly top: number;
  readonly isChosen: boolean;
  readonly isTabStop: boolean;
}

/** One folder or object. */
export const ObjectRow = memo(function ObjectRow(props: ObjectRowProps) {
  const { row, index, top, isChosen, isTabStop } = props;
  const t = useWords("buckets");
  const kind = fileKindOf(row);
  const name = printable(row.name);
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      aria-selected={isChosen}
      tabIndex={isTabStop ? 0 : -1}
      data-row={index}
      draggable={row.kind === "object"}
      className={classNames(styles.row, isChosen && styles.chosen)}
      style={{ top }}
    >
      <div role="gridcell" className={styles.name}>
        <span className={styles.sign} data-kind={kind}>
          <Icon of={KIND_ICONS[kind]} />
        </span>
        <span className={styles.text} title={name}>
          {name === "" ? t("unnamed") : name}
        </span>
      </div>
      <div role="gridcell" className={styles.bytes}>
        {row.bytes === undefined ? "" : formatBytes(row.bytes)}
      </div>
      <div role="gridcell" className={styles.modifiedAt}>
        {row.modifiedAt === undefined ? "" : formatWhen(row.modifiedAt)}
      </div>
    </div>
  );
});
