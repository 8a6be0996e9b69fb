import { useQuery } from "@tanstack/react-query";
import { CircleAlert, Plus } from "lucide-react";
import { useLocation, useSearchParams } from "wouter";
import { STARTER_ID, type StoredModel } from "../../engine/contract/models.ts";
import { useStudio } from "../connection/studio.tsx";
import { Button } from "../ui/button.tsx";
import { formatBytes } from "../words/format.ts";
import { Icon } from "../ui/icon.tsx";
import { ListColumn, ListLine, ListPage, ListRow } from "../ui/list-page.tsx";
import { useWords } from "../words/words.ts";
import { type ArchivePlace, ArchiveView } from "./archive/archive-view.tsx";
import { ShortFit } from "./fit.tsx";
import { GetModels } from "./get-models.tsx";
import { ModelDetails } from "./model-details.tsx";
import styles from "./models-page.module.css";
import { ExpectedTime, SampleThumbnail } from "./samples.tsx";
import { PublishDialog } from "./publish/publish-dialog.tsx";
import { TransferDock } from "../transfers/transfer-dock.tsx";

/**
 * The models on this machine, and how to get more. The address says what is open: `?model=ID`; `?archive=PATH` for an
 * archive to look into (with `&at=CONNECTION`, its key in a bucket); `?get`, with a value that names what to get; and
 * `&publish`, which may name a connection, with the folder there as `&prefix`.
 */
export function ModelsPage() {
  const { queries } = useStudio();
  const [address, setAddress] = useSearchParams();
  const models = useQuery(queries.models.list.queryOptions()).data;
  const wanted = address.get("get");
  const chosen = models?.find(({ id }) => id === address.get("model")) ?? models?.[0];
  const archive = address.get("archive");
  const open = wanted === null && archive === null ? chosen : undefined;
  return (
    <ListPage
      size="wide"
      list={
        <Store
          openId={open?.id}
          onOpen={(id) => setAddress({ model: id })}
          onGet={() => setAddress({ get: "" })}
        />
      }
    >
      <div className={styles.content}>
        {wanted !== null && <GetModels wanted={wanted} />}
        {archive !== null && <ArchiveView key={archive} place={archivePlace(address, archive)} />}
        {open && (
          <ModelDetails
            key={open.id}
            model={open}
            onPublish={() => setAddress({ model: open.id, publish: "" })}
          />
        )}
      </div>
      <TransferDock />
      {open && <Publishing models={models ?? []} />}
    </ListPage>
  );
}

/** If the address names a connection, the archive is an object in a bucket. */
function archivePlace(address: URLSearchParams, archive: string): ArchivePlace {
  const connectionId = address.get("at");
  if (connectionId === null) return { path: archive };
  return { connectionId, bucket: address.get("bucket") ?? undefined, key: archive };
}

/** The address's parameters, besides the connection, that name a folder of a bucket. */
const PLACE: ReadonlySet<string> = new Set(["bucket", "prefix"]);

/** The dialog that publishes a model, if the address asks for it: first the open one, else the one in use. */
function Publishing({ models }: { models: readonly StoredModel[] }) {
  const [address, setAddress] = useSearchParams();
  const [, navigate] = useLocation();
  const { queries } = useStudio();
  const { data: settings, isPending } = useQuery(queries.settings.get.queryOptions());
  const publish = address.get("publish");
  const sound = models.filter(({ problem }) => problem === undefined);
  const wanted = address.get("model") ?? settings?.model;
  const model = sound.find(({ id }) => id === wanted) ?? sound[0];
  if (publish === null || isPending || model === undefined) return null;
  // A user who came from a folder of a bucket returns to it.
  const back = new URLSearchParams([...address].filter(([name]) => PLACE.has(name)));
  back.set("at", publish);
  const close = () =>
    publish === ""
      ? setAddress({ model: model.id }, { replace: true })
      : navigate(`/buckets?${back}`, { replace: true });
  return (
    <PublishDialog
      models={sound}
      model={model}
      connectionId={publish}
      bucket={address.get("bucket") ?? ""}
      prefix={address.get("prefix") ?? ""}
      onClose={close}
    />
  );
}

interface StoreProps {
  readonly openId: string | undefined;
  readonly onOpen: (id: string) => void;
  readonly onGet: () => void;
}

/** The store's models, the starter first, and a button to get more. */
function Store({ openId, onOpen, onGet }: StoreProps) {
  const t = useWords("models");
  const { queries } = useStudio();
  const { data: models, error, refetch } = useQuery(queries.models.list.queryOptions());
  return (
    <ListColumn
      title={t("title")}
      label={t("list")}
      tool={
        <Button icon={Plus} onPress={onGet}>
          {t("get")}
        </Button>
      }
      items={models}
      error={error}
      failed={t("failed")}
      onRetry={() => void refetch()}
      openId={openId}
      onOpen={onOpen}
    >
      {(model) => <ModelRow key={model.id} model={model} />}
    </ListColumn>
  );
}

/** A model in the store, with its size and whether it is in use. */
function ModelRow({ model }: { model: StoredModel }) {
  const t = useWords("models");
  const { queries } = useStudio();
  const inUse = useQuery(queries.settings.get.queryOptions()).data?.model === model.id;
  const { id, summary, problem, diskBytes, fit } = model;
  return (
    <ListRow
      id={id}
      name={summary?.name ?? id}
      lead={<SampleThumbnail id={id} />}
      aside={inUse && <span className={styles.badge}>{t("inUse")}</span>}
    >
      <ListLine>
        {problem ? (
          <span className={styles.bad}>
            <Icon of={CircleAlert} />
            {t("broken")}
          </span>
        ) : (
          summary && <span>{`${summary.width} × ${summary.height}`}</span>
        )}
        <span>{formatBytes(diskBytes)}</span>
        {id === STARTER_ID && <span>{t("starter")}</span>}
      </ListLine>
      {!problem && (
        <ListLine>
          <ShortFit verdict={fit.verdict} />
          <ExpectedTime id={id} />
        </ListLine>
      )}
    </ListRow>
  );
}
