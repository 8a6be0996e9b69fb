import { type MouseEvent, useEffect, useEffectEvent, useState } from "react";
import type { Generation } from "../../../engine/contract/generation.ts";
import { type MenuPoint, useContextMenu } from "../../shortcuts/context-menu.tsx";
import { generationOf, useQueue } from "../../state/queue.ts";
import { useWords } from "../../words/words.ts";
import { useGenerationActions } from "./generation-actions.ts";

/** A tile whose menu is open, and the position. */
interface Asked {
  readonly generation: Generation;
  readonly point: MenuPoint;
}

/** The menu of tiles in a list: put `ask` on the element around the list, and `menu` beside the list once. */
export function useTileMenu() {
  const [asked, setAsked] = useState<Asked>();
  const ask = (event: MouseEvent<HTMLElement>) => {
    const tile = event.target instanceof Element && event.target.closest("[data-key]");
    if (!(tile instanceof HTMLElement)) return;
    const generation = generationOf(useQueue.getState(), tile.dataset["key"] ?? "");
    if (generation === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    const { clientX, clientY } = event;
    setAsked({ generation, point: { clientX, clientY, currentTarget: tile } });
  };
  return { ask, menu: asked && <TileMenu {...asked} /> };
}

/** The actions for a tile, wherever the stage is. */
function TileMenu({ generation, point }: Asked) {
  const t = useWords("generate");
  const actions = useGenerationActions(generation);
  const { open, menu } = useContextMenu(t("stage.menu"));
  const show = useEffectEvent(() => open(point, actions));
  useEffect(() => show(), [point]);
  return menu;
}
