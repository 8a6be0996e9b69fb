import { LayoutGrid, PanelRightOpen } from "lucide-react";
import { memo, type RefObject, useDeferredValue, useRef } from "react";
import { DetailsColumn } from "../picture/details-column.tsx";
import { GenerationDetails } from "../picture/details.tsx";
import { useDetailsColumn } from "../picture/use-details-column.ts";
import { useActions } from "../shortcuts/registry.ts";
import { useIsLost } from "../state/connection.ts";
import { useImages } from "../state/images.ts";
import { useQueue } from "../state/queue.ts";
import { showPress, useSession } from "../state/selection.ts";
import { keepLayout, useView } from "../state/view.ts";
import { Empty } from "../ui/async-states.tsx";
import { Button } from "../ui/button.tsx";
import { Columns } from "../ui/columns.tsx";
import { IconButton } from "../ui/icon-button.tsx";
import { useWords } from "../words/words.ts";
import { useChosenModel } from "./chosen-model.ts";
import { DropOverlay } from "./drop-overlay.tsx";
import { FormPanel } from "./form/form-panel.tsx";
import { type Places, useFocusActions, useGenerateActions } from "./generate-actions.ts";
import styles from "./generate-page.module.css";
import { useReasons } from "./press/reasons.ts";
import { useGenerate } from "./press/use-generate.ts";
import { ActedOn } from "./stage/acted-on.tsx";
import { EmptyStage } from "./stage/empty-stage.tsx";
import { useMoreActions } from "./stage/more-actions.ts";
import { PressSheet } from "./stage/press-sheet.tsx";
import { SessionStrip } from "./stage/session-strip.tsx";
import { Stage } from "./stage/stage.tsx";

/**
 * The Generate page: the form, the picture while it develops, and how it was made. Each part reads what it shows, so
 * the columns and the form do not render when a picture ends.
 */
export function GeneratePage() {
  const t = useWords("generate");
  const prompt = useRef<HTMLTextAreaElement>(null);
  const pictures = useRef<HTMLDivElement>(null);
  const isEmpty = useSession(({ looked }) => looked === undefined);
  const { isOpen: isDetailsOpen, toggle: toggleDetails } = useDetailsColumn();
  const isFormOpen = useView((view) => view.isFormOpen);
  const layouts = useView((view) => view.layouts);
  const form = {
    content: <Form promptRef={prompt} />,
    size: 380,
    minSize: 340,
    maxSize: 560,
  };
  const details = {
    content: <DetailsPanel onHide={toggleDetails} />,
    size: 340,
    minSize: 280,
    maxSize: 520,
  };
  const hasDetails = isDetailsOpen && !isEmpty;
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
        <div ref={pictures} className={styles.middle}>
          {isEmpty ? <Beginning promptRef={prompt} /> : <Middle />}
          {!isEmpty && !isDetailsOpen && <ShowDetails onShow={toggleDetails} />}
        </div>
      </Columns>
      <h1 className={styles.heading}>{t("page")}</h1>
      <PageActions places={{ prompt, pictures }} onDetails={toggleDetails} />
      <DropOverlay />
    </div>
  );
}

interface PromptProps {
  readonly promptRef: RefObject<HTMLTextAreaElement | null>;
}

interface PageActionsProps {
  readonly places: Places;
  readonly onDetails: () => void;
}

/** Registers the actions of the page; renders nothing. */
function PageActions({ places, onDetails }: PageActionsProps) {
  const model = useChosenModel();
  const reasons = useReasons(model);
  const press = useGenerate(model);
  useActions(useGenerateActions(press, reasons.length > 0, onDetails));
  useActions(useFocusActions(places));
  return null;
}

/** The form, memoized: it does not render with the page. */
const Form = memo(function Form({ promptRef }: PromptProps) {
  const model = useChosenModel();
  const reasons = useReasons(model);
  const press = useGenerate(model);
  return (
    <FormPanel model={model} reasons={reasons} onGenerate={() => press()} promptRef={promptRef} />
  );
});

/** Shown only once it is known that there are no pictures. */
function Beginning({ promptRef }: PromptProps) {
  const t = useWords("generate");
  const model = useChosenModel();
  const isLoaded = useQueue((queue) => queue.isLoaded);
  const isLost = useIsLost();
  if (isLoaded) return <EmptyStage model={model} onChosen={() => promptRef.current?.focus()} />;
  return isLost ? <Empty title={t("press.reasons.connection")} /> : null;
}

/** The stage and the strip below it. */
function Middle() {
  const isSheet = useSession((session) => session.isSheet);
  return (
    <>
      {isSheet ? <Sheet /> : <Single />}
      <SessionStrip />
    </>
  );
}

/** All pictures of a press. */
function Sheet() {
  const pictures = useSession((session) => session.press);
  const looked = useSession((session) => session.looked);
  if (looked === undefined) return null;
  return <PressSheet key={pictures[0]?.id} pictures={pictures} looked={looked} />;
}

/** One picture on the stage. */
function Single() {
  const looked = useSession((session) => session.looked);
  return (
    <>
      {looked && <ActedOn generations={[looked]} />}
      {looked && <Stage generation={looked} />}
      <ShowAll />
    </>
  );
}

/** Returns from one picture to all of its press. */
function ShowAll() {
  const t = useWords("generate");
  const count = useSession(({ press }) => press.length);
  const first = useSession(({ press }) => press[0]?.id);
  if (first === undefined || count < 2) return null;
  return (
    <div className={styles.all}>
      <Button size="dense" icon={LayoutGrid} onPress={() => showPress(first)}>
        {t("sheet.all", { count })}
      </Button>
    </div>
  );
}

function ShowDetails({ onShow }: { onShow: () => void }) {
  const t = useWords("generate");
  return (
    <div className={styles.show}>
      <IconButton
        icon={PanelRightOpen}
        label={t("details.show")}
        keys="i"
        placement="left"
        onPress={onShow}
      />
    </div>
  );
}

function DetailsPanel({ onHide }: { onHide: () => void }) {
  return (
    <DetailsColumn onHide={onHide}>
      <DetailsOfLooked />
    </DetailsColumn>
  );
}

/**
 * The request of the picture on the stage, and how it was made. It follows the stage in a render of its own, which
 * gives way to frames: a picture that ends is shown first.
 */
function DetailsOfLooked() {
  const generation = useDeferredValue(useSession(({ looked }) => looked));
  const image = useImages((all) => all[generation?.imageId ?? ""]);
  const more = useMoreActions(image);
  return generation && <GenerationDetails generation={generation} more={more} />;
}
