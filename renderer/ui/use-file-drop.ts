import { type DragEvent, useState } from "react";

/**
 * Accepts a file of another program dropped on an element; elements inside may accept it first. For several files, or a
 * folder, read the event.
 */
export function useFileDrop(take: (file: File, event: DragEvent) => void) {
  const [depth, setDepth] = useState(0);
  const move = (step: number) => (event: DragEvent) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    setDepth((before) => Math.max(0, before + step));
  };
  const drop = (event: DragEvent) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    event.stopPropagation();
    setDepth(0);
    const file = event.dataTransfer.files[0];
    if (file) take(file, event);
  };
  const isOver = depth > 0;
  return {
    isOver,
    /** For a drop that an element inside has accepted. */
    end: () => setDepth(0),
    handlers: {
      onDragEnter: move(1),
      onDragLeave: move(-1),
      onDragOver: move(0),
      onDrop: drop,
    },
  };
}

/** A picture dragged from the page itself is not a file from outside. */
function hasFiles({ dataTransfer }: DragEvent): boolean {
  return dataTransfer.types.includes("Files") && !dataTransfer.types.includes("text/html");
}
