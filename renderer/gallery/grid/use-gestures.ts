import type { DragEvent, MouseEvent } from "react";
import { desktop } from "../../connection/desktop.ts";
import { useStudio } from "../../connection/studio.tsx";
import { choose, chooseNone, chooseUpTo, toggleChoice, useChoice } from "../../state/choice.ts";
import { useImages } from "../../state/images.ts";
import { attempt } from "../../ui/toasts.ts";
import type { DisplayOrder } from "./day-layout.ts";

/** Type of drag data with the ids of pictures, for drop targets on the page. */
export const PICTURES = "application/x-darkroom-pictures";

/** What the grid leaves to the page. */
export interface GridGestures {
  readonly onOpen: (id: string) => void;
  /** Called after the picture under the pointer has been selected. */
  readonly onMenu: (event: MouseEvent) => void;
}

/** The pointer gestures on the sheet: one set of listeners for all tiles. */
export function useGestures(order: DisplayOrder, { onOpen, onMenu }: GridGestures) {
  const { client } = useStudio();
  return {
    onClick: (event: MouseEvent) => {
      const id = idUnder(event);
      if (id === undefined) return chooseNone();
      const does = doesUnder(event);
      if (does === "star") {
        const isStarred = useImages.getState()[id]?.isStarred !== true;
        attempt(client.gallery.star({ ids: [id], isStarred }));
      } else if (event.shiftKey) chooseUpTo(id, order.ids, event.ctrlKey || event.metaKey);
      else if (does === "choose" || event.ctrlKey || event.metaKey) toggleChoice(id);
      else choose(id);
    },
    onDoubleClick: (event: MouseEvent) => {
      const id = idUnder(event);
      if (id !== undefined && doesUnder(event) === undefined) onOpen(id);
    },
    onContextMenu: (event: MouseEvent) => {
      const id = idUnder(event);
      if (id === undefined) return;
      if (!useChoice.getState().chosen.has(id)) choose(id);
      onMenu(event);
    },
    onDragStart: (event: DragEvent) => {
      const id = idUnder(event);
      const image = id === undefined ? undefined : useImages.getState()[id];
      if (image === undefined) return;
      if (desktop) {
        event.preventDefault();
        attempt(desktop.startDrag(image.id));
      } else {
        const { chosen } = useChoice.getState();
        const ids = chosen.has(image.id) ? order.ids.filter((one) => chosen.has(one)) : [image.id];
        event.dataTransfer.setData(PICTURES, ids.join(" "));
        // Chromium saves a picture dropped outside the window under this name.
        const address = new URL(image.address, location.href).href;
        const name = image.fileName.split("/").at(-1) ?? image.fileName;
        event.dataTransfer.setData("DownloadURL", `image/png:${name}:${address}`);
      }
    },
  };
}

function idUnder({ target }: MouseEvent): string | undefined {
  const tile = target instanceof Element ? target.closest<HTMLElement>("[data-id]") : undefined;
  return tile?.dataset["id"];
}

function doesUnder({ target }: MouseEvent): string | undefined {
  const mark = target instanceof Element ? target.closest<HTMLElement>("[data-does]") : undefined;
  return mark?.dataset["does"];
}
