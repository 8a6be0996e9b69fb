import { type DragEvent, useState } from "react";

/**
 * Takes a file of another program dropped on an element; what lies within may take it first. Where there may
 * be more of them, or a folder, the event has the rest.
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
    /** For a drop that something within has taken. */
    end: () => setDepth(0),
    handlers: {
      onDragEnter: move(1),
      onDragLeave: move(-1),
      onDragOver: move(0),
      onDrop: drop,
    },
  };
}

/** A picture dragged from the page itself is none from outside. */
function hasFiles({ dataTransfer }: DragEvent): boolean {
  return dataTransfer.types.includes("Files") && !dataTransfer.types.includes("text/html");
}
