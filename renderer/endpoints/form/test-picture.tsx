import { ImagePlus } from "lucide-react";
import { useEffect, useState } from "react";
import { DOCTORS_ORDER } from "../../../engine/contract/doctor.ts";
import type { Endpoint } from "../../../engine/contract/endpoints.ts";
import { useStudio } from "../../connection/studio.tsx";
import { HowFar } from "../../picture/developing/how-far.tsx";
import { Picture } from "../../picture/picture.tsx";
import { useImages, wantImages } from "../../state/images.ts";
import { isOpen, useQueue } from "../../state/queue.ts";
import { Button } from "../../ui/button.tsx";
import { attempt } from "../../ui/toasts.ts";
import { useWords } from "../../words/words.ts";
import { EndpointTrouble } from "../endpoint-trouble.tsx";
import { usePictureCost } from "../picture-cost.ts";
import type { Place } from "../use-endpoint-address.ts";
import styles from "./check-outcome.module.css";

interface TestPictureProps {
  readonly endpoint: Endpoint;
  readonly onPlace: (place: Place) => void;
}

/** Offers to draw the doctor's picture there, and shows it, or why it failed. It goes into the gallery. */
export function TestPicture({ endpoint, onPlace }: TestPictureProps) {
  const t = useWords("endpoints");
  const { client } = useStudio();
  const cost = usePictureCost(endpoint);
  const [id, setId] = useState("");
  const [isAsking, setIsAsking] = useState(false);
  const generation = useQueue(({ byId }) => byId[id]);
  const draw = async () => {
    setIsAsking(true);
    try {
      const request = { ...requestFor(endpoint), target: endpoint.id, isFirst: true };
      const { generationIds } = await client.generation.enqueue(request);
      setId(generationIds[0] ?? "");
    } finally {
      setIsAsking(false);
    }
  };
  const isDrawing = isAsking || (generation !== undefined && isOpen(generation));
  return (
    <>
      <div className={styles.offer}>
        <p className={styles.text}>{`${cost} ${t("outcome.drawnInto")}`}</p>
        <Button size="dense" icon={ImagePlus} isPending={isDrawing} onPress={() => attempt(draw())}>
          {t("outcome.drawOne")}
        </Button>
        {generation && <HowFar generation={generation} />}
      </div>
      {generation?.error && <EndpointTrouble error={generation.error} onPlace={onPlace} />}
      {generation?.imageId !== undefined && <Drawn imageId={generation.imageId} />}
    </>
  );
}

/** An endpoint that gets the prompt alone decides the rest. */
function requestFor({ profile }: Endpoint): Partial<typeof DOCTORS_ORDER> & { prompt: string } {
  return profile === "full" ? DOCTORS_ORDER : { prompt: DOCTORS_ORDER.prompt };
}

function Drawn({ imageId }: { imageId: string }) {
  const { client } = useStudio();
  const image = useImages((all) => all[imageId]);
  useEffect(() => wantImages(client, [imageId]), [client, imageId]);
  return <div className={styles.picture}>{image && <Picture image={image} />}</div>;
}
