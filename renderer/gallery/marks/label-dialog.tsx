import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useRef, useState } from "react";
import type { Image } from "../../../engine/contract/gallery.ts";
import { labelSchema, splitTags } from "../../../engine/contract/gallery-marks.ts";
import { useStudio } from "../../connection/studio.tsx";
import { Button } from "../../ui/button.tsx";
import { Checkbox } from "../../ui/checkbox.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { TextField } from "../../ui/text-field.tsx";
import { doUndoable } from "../../ui/toasts.ts";
import { useWords } from "../../words/words.ts";
import { NO_FACETS } from "../filters/filters.tsx";
import { changeLabels } from "./change-labels.ts";
import styles from "./label-dialog.module.css";
import { detailsOf, isSame, type LabelKind, shareOf } from "./marking.ts";

/** The pictures whose tags or albums are being edited. */
export interface Labelled {
  readonly kind: LabelKind;
  readonly ids: readonly string[];
}

/** Tags or albums of the selected pictures: checked if all have it, indeterminate if some do. */
export function LabelDialog(props: { labelled: Labelled | undefined; onClose: () => void }) {
  const { labelled, onClose } = props;
  const t = useWords("gallery");
  // The text stays while the dialog fades out.
  const last = useRef<Labelled>({ kind: "tags", ids: [] });
  if (labelled) last.current = labelled;
  const { kind, ids } = last.current;
  return (
    <Dialog
      title={t(`marks.${kind}Of`, { count: ids.length })}
      isOpen={labelled !== undefined}
      onClose={onClose}
    >
      <LabelForm key={`${kind} ${ids.join(" ")}`} kind={kind} ids={ids} onClose={onClose} />
    </Dialog>
  );
}

interface FormProps extends Labelled {
  readonly onClose: () => void;
}

/**
 * The choices and the typed text so far, in which a comma ends a tag; `images` are the pictures that have been read.
 */
function useLabels({ kind, ids, onClose }: FormProps) {
  const t = useWords("gallery");
  const { client, queries } = useStudio();
  const { data: images = NO_IMAGES } = useQuery({
    queryKey: ["labels of", ids],
    queryFn: () => detailsOf(client, ids),
    gcTime: 0,
  });
  const { data: facets = NO_FACETS } = useQuery(queries.gallery.facets.queryOptions());
  const [chosen, setChosen] = useState<ReadonlyMap<string, boolean>>(new Map());
  const [typed, setTyped] = useState("");
  const known = facets[kind].map(({ name }) => name);
  const isKnown = (name: string) => known.some((one) => isSame(one, name));
  const name = labelSchema.safeParse(typed).data;
  const names = [...[...chosen.keys()].filter((one) => !isKnown(one)), ...known];
  const isFound = (one: string) => one.toLowerCase().includes(typed.trim().toLowerCase());
  const shown = names.filter((one) => chosen.has(one) || isFound(one));
  const isNew = name !== undefined && !names.some((one) => isSame(one, name));
  const choose = (one: string, isOn: boolean) => setChosen(new Map(chosen).set(one, isOn));
  const spelled = (one: string) => names.find((other) => isSame(other, one)) ?? one;
  const typedName = name === undefined ? undefined : spelled(name);
  const take = () => {
    if (typedName !== undefined) choose(typedName, true);
    setTyped("");
  };
  const type = (text: string) => {
    const ends = kind === "tags" ? text.lastIndexOf(",") + 1 : 0;
    const ended = splitTags(text.slice(0, ends));
    if (!ended.every((one) => labelSchema.safeParse(one).success)) return setTyped(text);
    setChosen(new Map([...chosen, ...ended.map((one) => [spelled(one), true] as const)]));
    setTyped(text.slice(ends).trimStart());
  };
  const save = () => {
    onClose();
    // A name that is still in the field is saved, too.
    const all = typedName === undefined ? chosen : new Map(chosen).set(typedName, true);
    if (all.size > 0) doUndoable(t("undo"), () => relabelAll(all));
  };
  const relabelAll = async (all: ReadonlyMap<string, boolean>) => {
    const change = { add: namesThat(all, true), remove: namesThat(all, false) };
    const fresh = change.add.filter((one) => !isKnown(one));
    if (kind === "albums")
      for (const album of fresh) await client.gallery.makeAlbum({ name: album });
    return changeLabels({ kind, ids, client, t }, change);
  };
  const isBad = typed.trim() !== "" && name === undefined;
  return { images, chosen, choose, typed, type, shown, name, isNew, isBad, take, save };
}

/** The names that were checked, or unchecked. */
function namesThat(chosen: ReadonlyMap<string, boolean>, isOn: boolean): readonly string[] {
  return [...chosen].filter(([, on]) => on === isOn).map(([name]) => name);
}

const NO_IMAGES: readonly Image[] = [];

function LabelForm({ kind, ids, onClose }: FormProps) {
  const t = useWords("gallery");
  const labels = useLabels({ kind, ids, onClose });
  const { images, chosen, choose, typed, type, shown, name, isNew, isBad, take, save } = labels;
  const isUnchanged = chosen.size === 0 && typed.trim() === "";
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (typed.trim() === "") save();
        else take();
      }}
    >
      <TextField
        autoFocus
        label={t(`marks.${kind}Find`)}
        value={typed}
        onChange={type}
        error={isBad ? t("marks.badName") : undefined}
      />
      <div role="group" aria-label={t(`marks.${kind}Label`)} className={styles.names}>
        {shown.map((one) => (
          <LabelCheckbox
            key={one}
            name={one}
            share={shareOf(images, kind, one)}
            choice={chosen.get(one)}
            onChoose={(isOn) => choose(one, isOn)}
          />
        ))}
        {shown.length === 0 && !isNew && <p className={styles.none}>{t(`marks.${kind}None`)}</p>}
      </div>
      {isNew && (
        <Button icon={Plus} onPress={take}>
          {t(`marks.${kind}New`, { name })}
        </Button>
      )}
      <div className={styles.end}>
        <Button onPress={onClose}>{t("marks.cancel")}</Button>
        <Button
          variant="filled"
          isDisabled={isBad || isUnchanged}
          reason={isUnchanged ? t("marks.unchanged") : undefined}
          onPress={save}
        >
          {t("marks.save")}
        </Button>
      </div>
    </form>
  );
}

interface LabelCheckboxProps {
  readonly name: string;
  readonly share: "all" | "some" | "none";
  /** Undefined while unchanged. */
  readonly choice: boolean | undefined;
  readonly onChoose: (isOn: boolean) => void;
}

function LabelCheckbox({ name, share, choice, onChoose }: LabelCheckboxProps) {
  return (
    <Checkbox
      isSelected={choice ?? share === "all"}
      isMixed={choice === undefined && share === "some"}
      onChange={onChoose}
    >
      {name}
    </Checkbox>
  );
}
