import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { StudioError } from "../../../engine/contract/errors.ts";
import type { Image } from "../../../engine/contract/gallery.ts";
import type { Generation } from "../../../engine/contract/generation.ts";
import { asFailure, type Failure } from "../../connection/failure.ts";
import { useStudio } from "../../connection/studio.tsx";
import { useQueue } from "../../state/queue.ts";
import type { Compared } from "../use-gallery-address.ts";

/** One side of a comparison: a picture, or a generation that has not produced it. */
export type Side =
  | { readonly id: string; readonly image: Image; readonly generation?: undefined }
  | { readonly id: string; readonly generation: Generation; readonly image?: undefined };

/** Where it was or is drawn. */
export function targetOf({ image, generation }: Side): string {
  return image?.target ?? generation?.target ?? "";
}

/**
 * The side for each id of a comparison; undefined if it is unknown or not read yet. Until `isRead`, the generation of a
 * finished picture takes its place.
 */
export function sidesOf(
  ids: readonly string[],
  byId: Readonly<Record<string, Generation>>,
  images: readonly Image[],
  isRead: boolean,
): readonly (Side | undefined)[] {
  return ids.map((id) => {
    const generation = byId[id];
    const imageId = imageIdOf(id, byId);
    const image = images.find((one) => one.id === imageId);
    if (image !== undefined) return { id, image };
    const isGone = generation === undefined || (generation.imageId !== undefined && isRead);
    return isGone ? undefined : { id, generation };
  });
}

/** The id of the picture: the id itself, or the picture of the generation with this id. */
function imageIdOf(id: string, byId: Readonly<Record<string, Generation>>): string | undefined {
  const generation = byId[id];
  return generation === undefined ? id : generation.imageId;
}

/** The sides of a comparison, and the error if one could not be read. */
export function useSides(ids: Compared) {
  const { queries } = useStudio();
  const byId = useQueue((queue) => queue.byId);
  const isLoaded = useQueue((queue) => queue.isLoaded);
  const drawn = ids.flatMap((id) => imageIdOf(id, byId) ?? []);
  const { data, error, refetch, isPlaceholderData } = useQuery({
    ...queries.gallery.details.queryOptions({ input: { ids: drawn } }),
    enabled: isLoaded && drawn.length > 0,
    placeholderData: keepPreviousData,
  });
  const isRead = data !== undefined && !isPlaceholderData;
  const sides = sidesOf(ids, byId, data ?? [], isRead);
  const isMissing = isRead && sides.includes(undefined);
  const missing = new StudioError("NOT_FOUND", { what: "picture", id: ids.join(", ") });
  const failure: Failure | undefined = error ? asFailure(error) : isMissing ? missing : undefined;
  return { sides, failure, retry: () => void refetch() };
}
