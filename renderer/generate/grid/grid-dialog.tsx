import { useQuery } from "@tanstack/react-query";
import { Grid3x3 } from "lucide-react";
import {
  type Axis,
  AXIS_SETTINGS,
  countCells,
  type Grid,
  MAX_CELLS,
} from "../../../engine/contract/grid.ts";
import { parseValues } from "../../../engine/contract/grid-values.ts";
import type { GenerationRequest } from "../../../engine/contract/request.ts";
import { useStudio } from "../../connection/studio.tsx";
import {
  type AxisChoices,
  chosenValues,
  nameOf,
  useAxisChoices,
  withName,
} from "../../picture/axis-choices.ts";
import { useForm } from "../../state/form.ts";
import { type GridSide, useGridDraft } from "../../state/grid-draft.ts";
import { followNewest } from "../../state/selection.ts";
import { rememberPrompt } from "../../state/view.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Select } from "../../ui/select.tsx";
import { TextField } from "../../ui/text-field.tsx";
import { attempt } from "../../ui/toasts.ts";
import { useDebounced } from "../../ui/use-debounced.ts";
import { formatAbout } from "../../words/format.ts";
import { useWords } from "../../words/words.ts";
import type { ChosenModel } from "../chosen-model.ts";
import { useChosenTarget } from "../chosen-target.ts";
import { useOpened } from "../use-opened.ts";
import type { Reason } from "../press/reasons.ts";
import { countPrompts } from "../press/wildcards.ts";
import { endpointRequest, requestFrom, wantedFrom } from "../press/wanted.ts";
import css from "./grid-dialog.module.css";

/** The studio is asked this long after the last change, milliseconds. */
const REST_MS = 300;

/** Cannot be the name of a setting. */
const NOTHING = "nothing";

interface AddGridProps {
  readonly model: ChosenModel;
  /** Why nothing can be drawn; shown since the grid's address opens it anyway. */
  readonly reasons: readonly Reason[];
}

/** Opens the grid dialog: every combination of the values of two settings. */
export function AddGrid({ model, reasons }: AddGridProps) {
  const t = useWords("generate");
  const [isOpen, setOpen] = useOpened("grid");
  return (
    <>
      <Button
        variant="plain"
        size="dense"
        icon={Grid3x3}
        isDisabled={reasons.length > 0}
        reason={reasons[0]?.words}
        onPress={() => setOpen(true)}
      >
        {t("grid.open")}
      </Button>
      {isOpen && <GridDialog model={model} reasons={reasons} onClose={() => setOpen(false)} />}
    </>
  );
}

function GridDialog({ model, reasons, onClose }: AddGridProps & { onClose: () => void }) {
  const t = useWords("generate");
  const { client } = useStudio();
  const { across, down } = useGridDraft();
  const request = useRequest(model);
  const choices = useAxisChoices();
  const grid = gridOf(across, down, choices);
  const reason =
    reasons[0]?.words ?? (countPrompts(request.prompt) > 1 ? t("grid.alternatives") : undefined);
  const draw = async (asked: Grid) => {
    await client.generation.enqueueGrid({ request, grid: asked });
    rememberPrompt(request.prompt);
    followNewest();
    onClose();
  };
  return (
    <Dialog
      title={t("grid.title")}
      isOpen
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>{t("grid.cancel")}</Button>
          <Button
            variant="filled"
            isDisabled={reason !== undefined || grid === undefined}
            onPress={() => grid && attempt(draw(grid))}
          >
            {t("grid.draw")}
          </Button>
        </>
      }
    >
      <div className={css.sides}>
        <p className={css.help}>{t("grid.help")}</p>
        <SideFields
          label={t("grid.across")}
          side={across}
          choices={choices}
          onChange={(side) => useGridDraft.setState({ across: side })}
        />
        <SideFields
          label={t("grid.down")}
          side={down}
          choices={choices}
          onChange={(side) => useGridDraft.setState({ down: side })}
          isOptional
        />
        <p className={css.expected} role="status">
          {reason ?? (grid && <Expected request={request} grid={grid} />)}
        </p>
      </div>
    </Dialog>
  );
}

interface SideFieldsProps {
  readonly label: string;
  readonly side: GridSide;
  readonly choices: AxisChoices;
  readonly onChange: (side: GridSide) => void;
  readonly isOptional?: boolean;
}

/** One axis: its setting, and its values as typed; values with names can also be picked. */
function SideFields({ label, side, choices, onChange, isOptional = false }: SideFieldsProps) {
  const t = useWords("generate");
  const { setting, text } = side;
  const options = AXIS_SETTINGS.map((value) => ({ value, label: t(`grid.settings.${value}`) }));
  const named = setting === NOTHING ? undefined : choices[setting];
  const isUnread = setting !== NOTHING && text !== "" && parseValues(setting, text) === undefined;
  return (
    <fieldset className={css.side} aria-label={label}>
      <Select<GridSide["setting"]>
        label={label}
        value={setting}
        onChange={(value) => onChange({ setting: value, text: "" })}
        options={isOptional ? [{ value: NOTHING, label: t("grid.nothing") }, ...options] : options}
      />
      {setting !== NOTHING && (
        <TextField
          label={t("grid.values")}
          value={text}
          placeholder={t(`grid.placeholders.${setting}`)}
          error={isUnread ? t("grid.unread", { limit: MAX_CELLS }) : undefined}
          onChange={(value) => onChange({ setting, text: value })}
        />
      )}
      {named && (
        <Select
          label={t("grid.add")}
          value={NOTHING}
          onChange={(at) => onChange({ setting, text: withName(text, nameOf(named, Number(at))) })}
          options={[
            { value: NOTHING, label: t("grid.pick"), isDisabled: true },
            ...named.map((choice, at) => ({ value: String(at), label: choice.label })),
          ]}
        />
      )}
    </fieldset>
  );
}

/** The number of pictures and their total time, or why they cannot be drawn. */
function Expected({ request, grid }: { request: GenerationRequest; grid: Grid }) {
  const t = useWords("generate");
  const { queries } = useStudio();
  const input = useDebounced(JSON.stringify({ request, grid }), REST_MS);
  const { data, error } = useQuery({
    ...queries.generation.estimateGrid.queryOptions({ input: JSON.parse(input) }),
    retry: false,
  });
  const count = t("grid.count", { count: countCells(grid) });
  if (error) return error.message;
  return data ? `${count} · ${t("grid.time", { time: formatAbout(data.seconds) })}` : count;
}

/** Undefined while an axis is invalid. */
function gridOf(across: GridSide, down: GridSide, choices: AxisChoices): Grid | undefined {
  const x = axisOf(across, choices);
  if (x === undefined) return undefined;
  if (down.setting === NOTHING) return { x };
  const y = axisOf(down, choices);
  return y && { x, y };
}

function axisOf({ setting, text }: GridSide, choices: AxisChoices): Axis | undefined {
  if (setting === NOTHING) return undefined;
  const values = parseValues(setting, text);
  return values && { setting, values: [...chosenValues(values, choices[setting])] };
}

/** The form's request. */
function useRequest(model: ChosenModel): GenerationRequest {
  const form = useForm();
  const target = useChosenTarget();
  const wanted = wantedFrom(form, model.summary);
  return target.isRemote
    ? endpointRequest(form, wanted, target)
    : requestFrom(form, model.id, wanted);
}
