import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useState } from "react";
import { useLocation } from "wouter";
import type { Connection } from "../../../engine/contract/buckets.ts";
import type { StoredModel } from "../../../engine/contract/models.ts";
import { useStudio } from "../../connection/studio.tsx";
import { refreshBuckets } from "../../state/connections.ts";
import { notePublished } from "../../state/deploy.ts";
import { followTransfer } from "../../transfers/follow-transfer.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { showFailure } from "../../ui/toasts.ts";
import { useWords } from "../../words/words.ts";
import { type Begun, isSound, placeOf, publishedNameOf, type Publication } from "./publication.ts";
import { PublishForm } from "./publish-form.tsx";
import { PublishOutcome } from "./publish-outcome.tsx";

export interface PublishDialogProps {
  /** The models that can be published. */
  readonly models: readonly StoredModel[];
  /** The one that is chosen at first. */
  readonly model: StoredModel;
  /** The address's connection id, or an empty string. */
  readonly connectionId: string;
  /** Used if the connection names none. */
  readonly bucket: string;
  readonly prefix: string;
  readonly onClose: () => void;
}

/** Publishes a model to a bucket with one press, and shows what to enter in OpenShift AI afterwards. */
export function PublishDialog({ models, model: first, onClose, ...asked }: PublishDialogProps) {
  const t = useWords("publish");
  const { queries } = useStudio();
  const connections = useQuery(queries.buckets.connections.queryOptions()).data;
  const [chosen, setChosen] = useState<Publication>({
    ...asked,
    modelId: first.id,
    name: publishedNameOf(first),
    version: "1.0",
    isInt8: false,
  });
  const model = chosenOf(models, chosen, first);
  const connection = connections?.find(({ id }) => id === chosen.connectionId) ?? connections?.[0];
  const publishing = usePublishing(chosen, connection);
  const title = t("title", { name: model.summary?.name ?? model.id });
  if (connections?.length === 0)
    return <NoConnection title={title} modelId={model.id} onClose={onClose} />;
  if (publishing.begun && connection)
    return (
      <PublishOutcome
        title={title}
        begun={publishing.begun}
        publication={chosen}
        connection={connection}
        onAgain={publishing.publish}
        onBack={publishing.reset}
        onClose={onClose}
      />
    );
  return (
    <Dialog
      title={title}
      size="wide"
      isOpen
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>{t("cancel")}</Button>
          <Button
            variant="filled"
            isDisabled={publishing.isBusy || !isSound(chosen, connection)}
            onPress={publishing.publish}
          >
            {t("yes")}
          </Button>
        </>
      }
    >
      <PublishForm
        models={models}
        model={model}
        publication={chosen}
        connections={connections ?? []}
        connection={connection}
        onChange={(change) => setChosen((before) => ({ ...before, ...change }))}
        onSubmit={publishing.publish}
      />
    </Dialog>
  );
}

function chosenOf(models: readonly StoredModel[], { modelId }: Publication, first: StoredModel) {
  return models.find(({ id }) => id === modelId) ?? first;
}

function usePublishing(publication: Publication, connection: Connection | undefined) {
  const studio = useStudio();
  const [begun, setBegun] = useState<Begun>();
  const [isBusy, setIsBusy] = useState(false);
  const publish = async () => {
    if (connection === undefined || !isSound(publication, connection)) return;
    const { modelId: model, name, version, isInt8: int8 } = publication;
    setIsBusy(true);
    try {
      const place = placeOf(publication, connection);
      const request = { ...place, model, name, version, int8 };
      const started = await studio.client.buckets.publish(request);
      setBegun(started);
      // The dialog and the dock report a failure.
      followTransfer(
        started,
        () => {
          refreshBuckets(studio);
          const bucket = connection.bucket === null ? place.bucket : undefined;
          notePublished({ connectionId: connection.id, bucket, path: started.path, name });
        },
        () => {},
      );
    } catch (failure) {
      showFailure(failure);
    }
    setIsBusy(false);
  };
  return { begun, isBusy, publish: () => void publish(), reset: () => setBegun(undefined) };
}

interface NoConnectionProps {
  readonly title: string;
  readonly modelId: string;
  readonly onClose: () => void;
}

/** The way to a first connection, which leads back here. */
function NoConnection({ title, modelId, onClose }: NoConnectionProps) {
  const t = useWords("publish");
  const [, navigate] = useLocation();
  const connect = () => navigate(`/buckets?${new URLSearchParams({ add: "", publish: modelId })}`);
  return (
    <Dialog
      title={title}
      isOpen
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>{t("cancel")}</Button>
          <Button variant="filled" icon={Plus} onPress={connect}>
            {t("connect")}
          </Button>
        </>
      }
    >
      <p>{t("none")}</p>
    </Dialog>
  );
}
