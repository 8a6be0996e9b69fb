import { LayoutGrid, PanelRightOpen } from "lucide-react";
import { memo, useMemo, useRef } from "react";
import type { Generation } from "../../engine/contract/generation.ts";
import { DetailsColumn } from "../picture/details-column.tsx";
import { Details, OrderDetails } from "../picture/details.tsx";
import { useImageActions } from "../picture/image-actions.ts";
import { useActions } from "../shortcuts/registry.ts";
import { useConnection } from "../state/connection.ts";
import { useImages } from "../state/images.ts";
import { useQueue } from "../state/queue.ts";
import { keepLayout, toggleDetails, useView } from "../state/view.ts";
import { Empty } from "../ui/async-states.tsx";
import { Button } from "../ui/button.tsx";
import { Columns } from "../ui/columns.tsx";
import { IconButton } from "../ui/icon-button.tsx";
import { useMediaQuery } from "../ui/use-media-query.ts";
import { useWords } from "../words/words.ts";
import { useChosenModel } from "./chosen-model.ts";
import { DropOverlay } from "./drop-overlay.tsx";
import { FormPanel, type FormPanelProps } from "./form/form-panel.tsx";
import { useGenerateActions } from "./generate-actions.ts";
import styles from "./generate-page.module.css";
import { useReasons } from "./press/reasons.ts";
import { useGenerate } from "./press/use-generate.ts";
import { EmptyStage, type EmptyStageProps } from "./stage/empty-stage.tsx";
import { showPress, useSession } from "../state/selection.ts";
import { PressSheet } from "./stage/press-sheet.tsx";
import { SessionStrip } from "./stage/session-strip.tsx";
import { Stage } from "./stage/stage.tsx";

/** The Generate page: the form, the picture while it develops, and how it was made. */
export function GeneratePage() {
  const t = useWords("generate");
  const model = useChosenModel();
  const reasons = useReasons(model);
  const press = useGenerate(model);
  const prompt = useRef<HTMLTextAreaElement>(null);
  const { looked, all, press: together, isSingle } = useSession();
  const { isDetailsOpen, isFormOpen, layouts } = useView();
  const isWide = useMediaQuery("(min-width: 1200px)");
  useActions(useGenerateActions(press, reasons.length > 0, prompt));
  useActionsOfPicture(looked?.imageId);
  const form = {
    content: <Form promptRef={prompt} />,
    size: 380,
    minSize: 340,
    maxSize: 560,
  };
  const details = {
    content: looked && <DetailsPanel generation={looked} />,
    size: 340,
    minSize: 280,
    maxSize: 520,
  };
  const hasDetails = isWide && isDetailsOpen && looked !== undefined;
  // Each set of columns has its own layout; columns are not mounted again, so they keep the focus.
  const shown = `generate${isFormOpen ? "-form" : ""}${hasDetails ? "-details" : ""}`;
  return (
    <div className={styles.page}>
      <Columns
        name="generate"
        layout={layouts[shown]}
        onLayout={(layout) => keepLayout(shown, layout)}
        start={isFormOpen ? form : undefined}
        end={hasDetails ? details : undefined}
      >
        <div className={styles.middle}>
          {looked ? (
            <>
              <Shown looked={looked} together={together} isSingle={isSingle} press={press} />
              <SessionStrip looked={looked} all={all} press={press} />
              {isWide && !isDetailsOpen && <ShowDetails />}
            </>
          ) : (
            <Beginning model={model} onChosen={() => prompt.current?.focus()} />
          )}
        </div>
      </Columns>
      <h1 className={styles.heading}>{t("page")}</h1>
      <DropOverlay />
    </div>
  );
}

/** The keys for a gallery picture also work for the picture on the stage. */
function useActionsOfPicture(id = ""): void {
  const image = useImages((all) => all[id]);
  useActions(useImageActions(useMemo(() => (image ? [image] : []), [image])));
}

/** Shown only once it is known that there are no pictures. */
function Beginning(props: EmptyStageProps) {
  const t = useWords("generate");
  const isLoaded = useQueue((queue) => queue.isLoaded);
  const isLost = useConnection(({ state }) => state === "lost");
  if (isLoaded) return <EmptyStage {...props} />;
  return isLost ? <Empty title={t("press.reasons.connection")} /> : null;
}

interface ShownProps {
  readonly looked: Generation;
  readonly together: readonly Generation[];
  readonly isSingle: boolean;
  readonly press: () => void;
}

/** One picture on the stage, or all of a press that made several. */
function Shown({ looked, together, isSingle, press }: ShownProps) {
  if (together.length > 1 && !isSingle)
    return <PressSheet key={together[0]?.id} pictures={together} press={press} />;
  return (
    <>
      <Stage generation={looked} press={press} />
      {together.length > 1 && <ShowAll press={together} />}
    </>
  );
}

/** Returns from one picture to all of its press. */
function ShowAll({ press }: { press: readonly Generation[] }) {
  const t = useWords("generate");
  const [first] = press;
  return (
    <div className={styles.all}>
      <Button size="dense" icon={LayoutGrid} onPress={() => first && showPress(first.id)}>
        {t("sheet.all", { count: press.length })}
      </Button>
    </div>
  );
}

function ShowDetails() {
  const t = useWords("generate");
  return (
    <div className={styles.show}>
      <IconButton
        icon={PanelRightOpen}
        label={t("details.show")}
        keys="i"
        placement="left"
        onPress={toggleDetails}
      />
    </div>
  );
}

/** The request of the picture on the stage, and how it was made. */
/** The form, memoized: it does not render when the queue changes, as the rest of the page does. */
const Form = memo(function Form({ promptRef }: Pick<FormPanelProps, "promptRef">) {
  const model = useChosenModel();
  const reasons = useReasons(model);
  const press = useGenerate(model);
  return (
    <FormPanel model={model} reasons={reasons} onGenerate={() => press()} promptRef={promptRef} />
  );
});

function DetailsPanel({ generation }: { generation: Generation }) {
  const image = useImages((all) => all[generation.imageId ?? ""]);
  return (
    <DetailsColumn onHide={toggleDetails}>
      {image ? <Details image={image} /> : <OrderDetails generation={generation} />}
    </DetailsColumn>
  );
}
