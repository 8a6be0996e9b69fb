import { ArrowRight, ImagePlus } from "lucide-react";
import { useEffect } from "react";
import { useLocation } from "wouter";
import type { Deployment, DeploymentPlace } from "../../../engine/contract/deployments.ts";
import type { Generation } from "../../../engine/contract/generation.ts";
import { fromWire } from "../../../engine/contract/errors.ts";
import { useStudio } from "../../connection/studio.tsx";
import { PictureImage } from "../../picture/picture.tsx";
import { keepPicture, pictureOf, takeWish, useClusterChoice } from "../../state/cluster.ts";
import { chooseTarget } from "../../state/choose-target.ts";
import { useImages, wantImages } from "../../state/images.ts";
import { useQueue } from "../../state/queue.ts";
import { Failed } from "../../ui/async-states.tsx";
import { Button } from "../../ui/button.tsx";
import { attempt } from "../../ui/toasts.ts";
import { useWords } from "../../words/words.ts";
import type { Watched } from "./use-watch.ts";
import styles from "./watch-view.module.css";

export interface EndpointViewProps {
  readonly place: DeploymentPlace;
  readonly deployment: Deployment;
  readonly watched: Watched;
}

/** A ready deployment: its address, its endpoint, and one picture drawn there. */
export function EndpointView({ place, deployment, watched }: EndpointViewProps) {
  const t = useWords("clusters");
  const { client } = useStudio();
  const { endpointId, endpointError } = watched;
  const { url, state } = deployment;
  if (url === undefined && endpointId === undefined && endpointError === undefined) return null;
  const add = () => attempt(client.deploy.addEndpoint(place));
  return (
    <div className={styles.endpoint}>
      {url !== undefined && (
        <p>
          <span className={styles.label}>{t("watch.url")}</span> <code>{url}</code>
        </p>
      )}
      {endpointError && endpointId === undefined && (
        <Failed title={t("watch.endpointFailed")} error={endpointError}>
          <Button onPress={add}>{t("watch.addEndpoint")}</Button>
        </Failed>
      )}
      {endpointId !== undefined && <Ways endpointId={endpointId} />}
      {endpointId !== undefined && (
        <FirstPicture place={place} endpointId={endpointId} isReady={state.outlook === "ready"} />
      )}
    </div>
  );
}

function Ways({ endpointId }: { endpointId: string }) {
  const t = useWords("clusters");
  const studio = useStudio();
  const [, navigate] = useLocation();
  const generate = () => {
    attempt(chooseTarget(studio, endpointId));
    navigate("/generate");
  };
  return (
    <div className={styles.ways}>
      <span>{t("watch.endpoint")}</span>
      <Button icon={ArrowRight} onPress={() => navigate("/endpoints")}>
        {t("watch.toEndpoint")}
      </Button>
      <Button icon={ImagePlus} onPress={generate}>
        {t("watch.toGenerate")}
      </Button>
    </div>
  );
}

interface FirstPictureProps {
  readonly place: DeploymentPlace;
  readonly endpointId: string;
  readonly isReady: boolean;
}

/**
 * One picture. It is drawn automatically for a deployment that was applied here, and on request for one that is only
 * watched.
 */
function FirstPicture({ place, endpointId, isReady }: FirstPictureProps) {
  const t = useWords("clusters");
  const { client } = useStudio();
  const id = useClusterChoice((state) => pictureOf(state, place));
  const generation = useQueue(({ byId }) => (id === undefined ? undefined : byId[id]));
  const prompt = t("watch.prompt");
  const draw = async () => {
    const request = { target: endpointId, prompt, count: 1 };
    const { generationIds } = await client.generation.enqueue(request);
    keepPicture(place, generationIds[0] ?? "");
  };
  useEffect(() => {
    if (isReady && takeWish(place)) attempt(draw());
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- once it is ready, and once only
  }, [isReady, endpointId]);
  return (
    <div className={styles.picture} role="group" aria-label={t("watch.picture")}>
      {generation && <Drawn generation={generation} />}
      {(generation === undefined || generation.state === "failed") && (
        <Button icon={ImagePlus} isDisabled={!isReady} onPress={() => attempt(draw())}>
          {t("watch.draw")}
        </Button>
      )}
    </div>
  );
}

function Drawn({ generation }: { generation: Generation }) {
  const t = useWords("clusters");
  const { client } = useStudio();
  const { state, imageId, error } = generation;
  const image = useImages((images) => (imageId === undefined ? undefined : images[imageId]));
  useEffect(() => {
    if (imageId !== undefined) wantImages(client, [imageId]);
  }, [client, imageId]);
  const failure = error && fromWire(error);
  if (image) return <div className={styles.frame}>{<PictureImage image={image} />}</div>;
  if (failure) return <Failed title={t("watch.drawFailed")} error={failure} />;
  const word = state === "waiting" ? "waiting" : state === "cancelled" ? "cancelled" : "drawing";
  return <p role="status">{t(`watch.${word}`)}</p>;
}
