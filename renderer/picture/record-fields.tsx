import { Copy, CornerUpLeft, ScanSearch } from "lucide-react";
import type { ForeignRecord } from "../../engine/contract/image-record.ts";
import type { Action } from "../shortcuts/registry.ts";
import { recallRecord } from "../state/form.ts";
import { classNames } from "../ui/class-names.ts";
import { IconButton } from "../ui/icon-button.tsx";
import { attempt, showToast } from "../ui/toasts.ts";
import type { picture } from "../words/en/picture.ts";
import { formatShare } from "../words/format.ts";
import { useWords } from "../words/words.ts";
import { useAxisText } from "./axis-choices.ts";
import styles from "./details.module.css";

type Words = ReturnType<typeof useWords<"picture">>;
type AxisText = ReturnType<typeof useAxisText>;
type Row = (record: ForeignRecord, t: Words, axisText: AxisText) => FieldProps | undefined | false;

/** Every field that a record may have, in display order. */
const ROWS: readonly Row[] = [
  ({ prompt }, t) =>
    prompt !== undefined && {
      name: "prompt",
      value: prompt === "" ? t("noPrompt") : prompt,
      used: { prompt },
      copied: prompt,
      isLong: true,
    },
  ({ negativePrompt = "" }) =>
    negativePrompt !== "" && {
      name: "negativePrompt",
      value: negativePrompt,
      used: { negativePrompt },
      copied: negativePrompt,
      isLong: true,
    },
  ({ styles: names, typedPrompt, typedNegativePrompt }, t) =>
    names !== undefined &&
    typedPrompt !== undefined && {
      name: "styles",
      value:
        typedPrompt === ""
          ? names.join(", ")
          : t("stylesAround", { styles: names.join(", "), prompt: typedPrompt }),
      used: { styles: names, typedPrompt, typedNegativePrompt },
      isLong: true,
    },
  ({ grid }, _t, axisText) =>
    grid !== undefined && {
      name: "grid",
      value: [axisText(grid.x, grid.column), ...(grid.y ? [axisText(grid.y, grid.row)] : [])].join(
        " · ",
      ),
      isLong: true,
    },
  ({ seed }) => seed !== undefined && { name: "seed", value: seed, used: { seed }, copied: seed },
  ({ width, height }, t) =>
    width !== undefined &&
    height !== undefined && {
      name: "size",
      value: t("trueSize", { width, height }),
      used: { width, height },
    },
  ({ preset }, t) => preset !== undefined && { name: "preset", value: t(`presets.${preset}`) },
  ({ steps }) => steps !== undefined && { name: "steps", value: String(steps), used: { steps } },
  ({ guidanceScale }) =>
    guidanceScale !== undefined && {
      name: "guidanceScale",
      value: String(guidanceScale),
      used: { guidanceScale },
    },
  ({ scheduler }, t) =>
    scheduler !== undefined && {
      name: "scheduler",
      value: t(`schedulers.${scheduler}`),
      used: { scheduler },
    },
  ({ precision }) =>
    precision !== undefined && { name: "precision", value: precision, used: { precision } },
  ({ decoder }, t) =>
    decoder !== undefined && {
      name: "decoder",
      value: t(`decoders.${decoder}`),
      used: { decoder },
    },
  ({ guidanceInterval }) =>
    guidanceInterval !== undefined && {
      name: "guidanceInterval",
      value: guidanceInterval.map(formatShare).join(" – "),
      used: { guidanceInterval },
    },
  ({ cacheInterval }, t) =>
    cacheInterval !== undefined && {
      name: "cacheInterval",
      value: t("oneStepOf", { steps: cacheInterval }),
      used: { cacheInterval },
    },
  ({ strength }) => strength !== undefined && { name: "strength", value: strength.toFixed(2) },
  ({ model, modelFingerprint }) =>
    model !== undefined && {
      name: "model",
      value: model,
      note: modelFingerprint?.slice(0, 8),
      title: modelFingerprint,
      copied: [model, modelFingerprint].filter(Boolean).join(" "),
    },
];

/** Settings that an endpoint may choose without reporting them. */
const UNTOLD = ["seed", "steps", "guidanceScale", "scheduler"] as const;

export interface RecordFieldsProps {
  readonly record: ForeignRecord;
  /** Text for settings that an endpoint does not report; absent if no endpoint draws. */
  readonly untold?: string | undefined;
  /** The actions of the picture; empty while there is none. */
  readonly actions: readonly Action[];
}

/** The actions that find the pictures with the same value. */
const FINDS: Partial<Record<FieldProps["name"], string>> = {
  prompt: "picture.same-prompt",
  seed: "picture.same-seed",
};

/** The known settings of a picture. */
export function RecordFields({ record, untold, actions }: RecordFieldsProps) {
  const t = useWords("picture");
  const axisText = useAxisText();
  const known = ROWS.map((row) => row(record, t, axisText)).filter(
    (field) => field !== undefined && field !== false,
  );
  const unknown = UNTOLD.filter((name) => record[name] === undefined);
  const quiet =
    untold === undefined ? [] : unknown.map((name) => ({ name, value: untold, isQuiet: true }));
  // One list, so that a field stays the same when its value becomes known.
  return [...known, ...quiet].map((field) => {
    const find = actions.find(({ id }) => id === FINDS[field.name]);
    return <Field key={field.name} {...field} find={find} />;
  });
}

export interface FieldProps {
  readonly name: keyof typeof picture.fields;
  readonly value: string;
  /** A secondary note after the value. */
  readonly note?: string | undefined;
  readonly title?: string | undefined;
  /** What "use this" applies; absent if it cannot be requested. */
  readonly used?: ForeignRecord;
  /** The text that a copy button copies, if there is one. */
  readonly copied?: string;
  /** Finds the pictures with the same value. */
  readonly find?: Action | undefined;
  readonly isLong?: boolean;
  readonly isCode?: boolean;
  /** For text shown in place of a value. */
  readonly isQuiet?: boolean;
}

/** One field: its name, its value, and its actions. */
export function Field(props: FieldProps) {
  const { name, value, note, title, used, copied, find } = props;
  const { isLong = false, isCode = false, isQuiet = false } = props;
  const t = useWords("picture");
  const label = t(`fields.${name}`);
  const field = label.toLowerCase();
  const copy = async (text: string) => {
    await navigator.clipboard.writeText(text);
    showToast(t("copied"));
  };
  return (
    <div className={classNames(styles.field, isLong && styles.long)}>
      <dt className={styles.name}>{label}</dt>
      <dd
        className={classNames(styles.value, isCode && styles.code, isQuiet && styles.quiet)}
        title={title}
        dir="auto"
      >
        {value}
        {note !== undefined && <span className={styles.note}>{note}</span>}
      </dd>
      <dd className={styles.tools}>
        {find && <FindButton action={find} />}
        {copied !== undefined && (
          <IconButton
            icon={Copy}
            size="dense"
            label={t("copy", { field })}
            onPress={() => attempt(copy(copied))}
          />
        )}
        {used && (
          <IconButton
            icon={CornerUpLeft}
            size="dense"
            label={t("use", { field })}
            onPress={() => recallRecord(used)}
          />
        )}
      </dd>
    </div>
  );
}

function FindButton({ action }: { action: Action }) {
  const { label, isDisabled = false, reason } = action;
  return (
    <IconButton
      icon={ScanSearch}
      size="dense"
      label={label}
      isDisabled={isDisabled}
      reason={reason}
      onPress={() => action.run()}
    />
  );
}
