import { useQuery } from "@tanstack/react-query";
import { memo, useMemo } from "react";
import type { Image } from "../../engine/contract/gallery.ts";
import type { Generation } from "../../engine/contract/generation.ts";
import type { ForeignRecord } from "../../engine/contract/image-record.ts";
import type { Seconds } from "../../engine/contract/progress.ts";
import { RECORDING_FORMS, type RecordingForm } from "../../engine/contract/recordings.ts";
import { useStudio } from "../connection/studio.tsx";
import type { Action } from "../shortcuts/registry.ts";
import { ActionButton } from "../shortcuts/action-button.tsx";
import { useImages } from "../state/images.ts";
import { Button } from "../ui/button.tsx";
import { attempt, showToast } from "../ui/toasts.ts";
import { formatBytes, formatDuration, formatWhen } from "../words/format.ts";
import { useWords } from "../words/words.ts";
import styles from "./details.module.css";
import { useImageActions } from "./image-actions.ts";
import { providerOf } from "./provider.ts";
import { Field, RecordFields, type RecordFieldsProps } from "./record-fields.tsx";
import { StartImageField } from "./start-image-field.tsx";
import { isRemote, secondsOf, useKnownEndpoints, useTargetName } from "./targets.ts";

type Words = ReturnType<typeof useWords<"picture">>;

/** The actions that are shown as icons above the fields. */
const SHOWN = new Set([
  "picture.recall-all",
  "picture.elsewhere",
  "picture.start",
  "picture.copy",
  "picture.reveal",
  "picture.star",
  "picture.trash",
  "picture.restore",
]);

/** Shorter loading times are not shown: the model was already loaded. */
const SHOWN_LOAD_SECONDS = 0.5;

interface MoreActions {
  /** Actions of the page, shown in front of the picture's own. */
  readonly more?: readonly Action[];
}

export interface DetailsProps extends MoreActions {
  readonly image: Image;
}

/** How a picture was made; every field can be applied again and copied. */
export function Details({ image, more = [] }: DetailsProps) {
  const t = useWords("picture");
  return <Fields {...fieldsOf(image, t)} more={more} />;
}

function fieldsOf(image: Image, t: Words): FieldsProps {
  const { id: imageId, record, target } = image;
  return {
    image,
    record,
    untold: isRemote(target) ? t("untold") : undefined,
    of: { imageId },
    target,
  };
}

export interface GenerationDetailsProps extends MoreActions {
  readonly generation: Generation;
}

/**
 * The details of a generation: of its request, and of its picture once there is one; the fields stay the same.
 * Memoized, so that it can follow the stage later.
 */
export const GenerationDetails = memo(function GenerationDetails({
  generation,
  more = [],
}: GenerationDetailsProps) {
  const t = useWords("picture");
  const { id, imageId = "", target } = generation;
  const image = useImages((all) => all[imageId]);
  const asked = useAskedRecord(generation);
  if (image) return <Fields {...fieldsOf(image, t)} more={more} />;
  const untold = isRemote(target) ? t("endpointsOwn") : undefined;
  return <Fields record={asked} untold={untold} of={{ id }} target={target} />;
});

interface FieldsProps extends Omit<RecordFieldsProps, "actions">, MoreActions {
  /** Undefined while there is no picture. */
  readonly image?: Image;
  readonly of: Requested;
  readonly target: string;
}

function Fields({ image, record, untold, of, target, more = [] }: FieldsProps) {
  const t = useWords("picture");
  const actions = useImageActions(useMemo(() => (image ? [image] : []), [image]));
  return (
    <section className={styles.details} aria-label={t("details")}>
      {image && <FileActions actions={[...more, ...actions.filter(({ id }) => SHOWN.has(id))]} />}
      {image?.isMissing === true && <p className={styles.gone}>{t("gone")}</p>}
      <dl className={styles.fields}>
        <RecordFields record={record} untold={untold} actions={actions} />
        <StartImageField record={record} />
        {image && <Origin image={image} />}
        {record.strength === undefined && <CopyRequest of={of} target={target} />}
      </dl>
    </section>
  );
}

function FileActions({ actions }: { actions: readonly Action[] }) {
  const t = useWords("picture");
  return (
    <div className={styles.actions} role="toolbar" aria-label={t("actions.file")}>
      {actions.map((action) => (
        <ActionButton key={action.id} action={action} />
      ))}
    </div>
  );
}

/** An endpoint's name, with its device if it reported one. */
function drawnBy(endpoint: string, device: string) {
  return { value: endpoint, note: device === endpoint ? undefined : device };
}

/** Where and when it was drawn, and where its file is. */
function Origin({ image }: { image: Image }) {
  const t = useWords("picture");
  const { record, seconds, target } = image;
  const place = useTargetName()(target);
  const provider = providerOf(record.device);
  const device = provider ? t(`devices.${provider}`) : record.device;
  // Other studios' files do not name a device.
  const drawnOn = { value: provider ? t("place", { device, place }) : place };
  return (
    <>
      <Field name="target" {...(isRemote(target) ? drawnBy(place, device) : drawnOn)} />
      {seconds && <Time seconds={seconds} isWhole={isRemote(target)} />}
      <Field name="createdAt" value={formatWhen(image.createdAt)} title={image.createdAt} />
      <Field
        name="fileName"
        value={image.fileName}
        note={formatBytes(image.sizeBytes)}
        isCode
        copied={image.fileName}
      />
    </>
  );
}

interface TimeProps {
  readonly seconds: Seconds;
  /** Whether nothing is known about its stages. */
  readonly isWhole: boolean;
}

/** How long it took, as below the stage and in comparisons: without loading the model, which is named beside it. */
function Time({ seconds, isWhole }: TimeProps) {
  const t = useWords("picture");
  const { load, denoise, decode } = seconds;
  const loading = load >= SHOWN_LOAD_SECONDS ? t("loading", { time: formatDuration(load) }) : "";
  const stages = { denoise: formatDuration(denoise), decode: formatDuration(decode) };
  const note = isWhole ? undefined : t("timing", stages) + loading;
  return <Field name="seconds" value={formatDuration(secondsOf(seconds))} note={note} />;
}

/** What was requested, with the model's name. */
function useAskedRecord({ order }: Generation): ForeignRecord {
  const { queries } = useStudio();
  const models = useQuery(queries.models.list.queryOptions()).data;
  const model = models?.find(({ id }) => id === order.model)?.summary?.name ?? order.model;
  const { width, height, isSizeOpen = false, ...asked } = order;
  return { ...asked, ...(!isSizeOpen && { width, height }), model };
}

/** The picture, or the generation, whose request is copied. */
type Requested = { readonly imageId: string } | { readonly id: string };

/** Copies the request for a picture as a file or as a program. It never contains a token. */
function CopyRequest({ of, target }: { of: Requested; target: string }) {
  const t = useWords("picture");
  const endpoints = useKnownEndpoints();
  const isOfEndpoint = endpoints?.some(({ id, kind }) => id === target && kind === "v2") ?? true;
  const { client } = useStudio();
  const copy = async (form: RecordingForm) => {
    const recording = await client.generation.record(of);
    await navigator.clipboard.writeText(recording[form]);
    const [variable] = recording.variables;
    const isRead = form !== "v2" && variable !== undefined;
    showToast(isRead ? t("request.copiedWith", { variable }) : t("copied"));
  };
  return (
    <div className={styles.field}>
      <dt className={styles.name}>{t("request.label")}</dt>
      <dd className={styles.requests}>
        {RECORDING_FORMS.map((form) => (
          <Button
            key={form}
            size="dense"
            aria-label={t("request.copy", { form: t(`request.forms.${form}`) })}
            onPress={() => attempt(copy(form))}
          >
            {t(`request.forms.${form}`)}
          </Button>
        ))}
        {isRemote(target) && !isOfEndpoint && (
          <p className={styles.quiet}>{t("request.isLocal")}</p>
        )}
      </dd>
    </div>
  );
}
