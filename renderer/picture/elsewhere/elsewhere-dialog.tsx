import { useQuery } from "@tanstack/react-query";
import { Columns2, Plus } from "lucide-react";
import { useState } from "react";
import { useLocation } from "wouter";
import type { Endpoint } from "../../../engine/contract/endpoints.ts";
import type { Image } from "../../../engine/contract/gallery.ts";
import { LOCAL_TARGET } from "../../../engine/contract/generation.ts";
import type { GenerationRequest } from "../../../engine/contract/request.ts";
import { type Studio, useStudio } from "../../connection/studio.tsx";
import { closeElsewhere, useElsewhere } from "../../state/elsewhere.ts";
import { readinessOf } from "../../state/endpoints.ts";
import { useImages } from "../../state/images.ts";
import { markPress } from "../../state/selection.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Switch } from "../../ui/switch.tsx";
import { showFailure } from "../../ui/toasts.ts";
import { formatDuration } from "../../words/format.ts";
import { useWords } from "../../words/words.ts";
import { ignoredBy, type Setting } from "../ignored-settings.ts";
import { ReadinessSign } from "../readiness.tsx";
import { useEndpoints } from "../targets.ts";
import { useCompare } from "../use-compare.ts";
import styles from "./elsewhere-dialog.module.css";
import { sameOrder } from "./same-order.ts";

/** Draws a picture's order at other targets and compares the results; open while `useElsewhere` names a picture. */
export function ElsewhereDialog() {
  const id = useElsewhere(({ imageId }) => imageId);
  const image = useImages((all) => (id === undefined ? undefined : all[id]));
  return image && <Targets key={image.id} image={image} />;
}

/** A choice of all targets except the one that drew the picture. */
function Targets({ image }: { image: Image }) {
  const t = useWords("picture");
  const { queries } = useStudio();
  const [ticked, setTicked] = useState<readonly string[]>([]);
  const models = useQuery(queries.models.list.queryOptions()).data;
  const all = useEndpoints();
  const endpoints = all?.filter(({ id }) => id !== image.target);
  const targets = [
    ...(image.target === LOCAL_TARGET ? [] : [LOCAL_TARGET]),
    ...(endpoints ?? []).map(({ id }) => id),
  ];
  const chosen = targets.filter((target) => ticked.includes(target));
  const tick = (target: string, isTicked: boolean) =>
    setTicked([...ticked.filter((one) => one !== target), ...(isTicked ? [target] : [])]);
  const isNothing = all !== undefined && targets.length === 0;
  const requests = models && chosen.map((target) => sameOrder(image.record, target, models));
  return (
    <Dialog
      title={t("drawElsewhere.title")}
      isOpen
      onClose={closeElsewhere}
      actions={isNothing ? <AddButton /> : <DrawButton image={image} requests={requests ?? []} />}
    >
      {isNothing && <p>{t("drawElsewhere.none")}</p>}
      <div className={styles.targets} role="group" aria-label={t("drawElsewhere.targets")}>
        {targets.map((target) => (
          <Target
            key={target}
            image={image}
            endpoint={endpoints?.find(({ id }) => id === target)}
            isTicked={ticked.includes(target)}
            onTick={(isTicked) => tick(target, isTicked)}
          />
        ))}
        {image.record.seed === undefined && !isNothing && (
          <p className={styles.note}>{t("drawElsewhere.seedUnknown")}</p>
        )}
      </div>
    </Dialog>
  );
}

function AddButton() {
  const t = useWords("picture");
  const [, navigate] = useLocation();
  const add = () => {
    closeElsewhere();
    navigate("/endpoints?add");
  };
  return (
    <Button variant="filled" icon={Plus} onPress={add}>
      {t("drawElsewhere.add")}
    </Button>
  );
}

interface DrawButtonProps {
  readonly image: Image;
  /** One for each target that is ticked. */
  readonly requests: readonly GenerationRequest[];
}

/** Asks all of them, and shows the comparison with what they will draw. */
function DrawButton({ image, requests }: DrawButtonProps) {
  const t = useWords("picture");
  const studio = useStudio();
  const compare = useCompare();
  const [isAsking, setIsAsking] = useState(false);
  const draw = async () => {
    setIsAsking(true);
    const ids = await enqueueEach(studio, requests);
    setIsAsking(false);
    if (ids.length === 0) return;
    closeElsewhere();
    compare([image.id, ...ids]);
  };
  return (
    <Button
      variant="filled"
      icon={Columns2}
      isDisabled={requests.length === 0 || isAsking}
      onPress={() => void draw()}
    >
      {t("drawElsewhere.draw")}
    </Button>
  );
}

interface TargetProps {
  readonly image: Image;
  /** Undefined for this computer. */
  readonly endpoint: Endpoint | undefined;
  readonly isTicked: boolean;
  readonly onTick: (isTicked: boolean) => void;
}

function Target({ endpoint, ...props }: TargetProps) {
  const t = useWords("picture");
  if (endpoint !== undefined) return <EndpointTarget {...props} endpoint={endpoint} />;
  return (
    <Switch isSelected={props.isTicked} onChange={props.onTick}>
      {t("drawElsewhere.local")}
    </Switch>
  );
}

function EndpointTarget(props: TargetProps & { readonly endpoint: Endpoint }) {
  const { image, endpoint, isTicked, onTick } = props;
  const t = useWords("picture");
  const readiness = useWords("endpoints");
  const { name } = endpoint;
  const unread = unreadOf(image, endpoint).map((setting) => t(`fields.${setting}`));
  const time = useTimeWords(image, endpoint);
  const ignores =
    unread.length > 0 && t("drawElsewhere.ignores", { settings: unread.join(", ").toLowerCase() });
  return (
    <Switch
      isSelected={isTicked}
      onChange={onTick}
      description={[readiness(`readiness.${readinessOf(endpoint)}`), time, ignores]
        .filter(Boolean)
        .join(" · ")}
    >
      <span className={styles.name}>
        <ReadinessSign readiness={readinessOf(endpoint)} />
        {name}
      </span>
    </Switch>
  );
}

/** How long the picture would take at an endpoint; undefined until that is known. */
function useTimeWords({ record }: Image, { id, medianSeconds }: Endpoint): string | undefined {
  const t = useWords("picture");
  const { queries } = useStudio();
  const isMeasured = medianSeconds !== undefined;
  const { data: estimate } = useQuery({
    ...queries.generation.estimate.queryOptions({ input: sameOrder(record, id, []) }),
    enabled: isMeasured,
  });
  if (!isMeasured) return t("drawElsewhere.untimed");
  return estimate && t("drawElsewhere.each", { time: formatDuration(estimate.seconds) });
}

/** Settings that change the picture if an endpoint ignores them. */
const TELLING = ["seed", "size", "steps", "guidanceScale", "negativePrompt", "scheduler"] as const;

/** The known settings of a picture that an endpoint ignores. */
function unreadOf({ record }: Image, endpoint: Endpoint) {
  const ignored: ReadonlySet<Setting> = ignoredBy(endpoint);
  return TELLING.filter((name) => {
    const isKnown = name === "size" || (record[name] !== undefined && record[name] !== "");
    return isKnown && ignored.has(name);
  });
}

/** Enqueues one after the other, as one press. If a target refuses, this is shown and the others still draw. */
async function enqueueEach(
  { client }: Studio,
  requests: readonly GenerationRequest[],
): Promise<readonly string[]> {
  const ids: string[] = [];
  for (const request of requests) {
    try {
      ids.push(...(await client.generation.enqueue(request)).generationIds);
    } catch (error) {
      showFailure(error);
    }
  }
  markPress(ids);
  return ids;
}
