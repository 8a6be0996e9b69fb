import { useMemo } from "react";
import type { Generation } from "../../../engine/contract/generation.ts";
import { useImageActions } from "../../picture/image-actions.ts";
import { useActions } from "../../shortcuts/registry.ts";
import { useImages } from "../../state/images.ts";
import { useGenerationActions } from "./generation-actions.ts";

export interface ActedOnProps {
  /** The one on the stage, or those picked on the sheet. */
  readonly generations: readonly Generation[];
}

/** Gives the actions of the stage's menu their keys, and puts them into the palette. */
export function ActedOn({ generations }: ActedOnProps) {
  const [one] = generations;
  if (one === undefined) return null;
  return generations.length === 1 ? (
    <One generation={one} />
  ) : (
    <Several generations={generations} />
  );
}

function One({ generation }: { generation: Generation }) {
  useActions(useGenerationActions(generation));
  return null;
}

/** Those without a picture are left out. */
function Several({ generations }: { generations: readonly Generation[] }) {
  const all = useImages();
  const images = useMemo(
    () => generations.flatMap(({ imageId = "" }) => all[imageId] ?? []),
    [generations, all],
  );
  useActions(useImageActions(images));
  return null;
}
