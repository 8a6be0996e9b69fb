import { type DragEvent, useRef, useState } from "react";

/** Whether files hang over an element, and the listeners that it needs. */
export function useFileDrop(onDrop: (file: File) => void) {
  const [isOver, setIsOver] = useState(false);
  // Children tell of their own entering and leaving too.
  const depth = useRef(0);
  const enter = (by: number) => (event: DragEvent) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    depth.current += by;
    setIsOver(depth.current > 0);
  };
  const listeners = {
    onDragEnter: enter(1),
    onDragLeave: enter(-1),
    onDragOver: (event: DragEvent) => {
      if (hasFiles(event)) event.preventDefault();
    },
    onDrop: (event: DragEvent) => {
      depth.current = 0;
      setIsOver(false);
      const [file] = event.dataTransfer.files;
      if (file === undefined) return;
      event.preventDefault();
      onDrop(file);
    },
  };
  return { isOver, listeners };
}

/** A picture dragged from the page itself is none from outside. */
function hasFiles({ dataTransfer }: DragEvent): boolean {
  return dataTransfer.types.includes("Files") && !dataTransfer.types.includes("text/html");
}
