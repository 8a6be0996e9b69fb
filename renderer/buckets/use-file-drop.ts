import { type DragEvent, useRef, useState } from "react";

/** Whether files hang over an element, and the listeners that it needs to take them. */
export function useFileDrop(onDrop: (files: readonly File[], event: DragEvent) => void) {
  const [isOver, setIsOver] = useState(false);
  // Children tell of their own entering and leaving too.
  const depth = useRef(0);
  const move = (by: number) => (event: DragEvent) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    depth.current = Math.max(0, depth.current + by);
    setIsOver(depth.current > 0);
  };
  const listeners = {
    onDragEnter: move(1),
    onDragLeave: move(-1),
    onDragOver: move(0),
    onDrop: (event: DragEvent) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      event.stopPropagation();
      depth.current = 0;
      setIsOver(false);
      const files = [...event.dataTransfer.files];
      if (files.length > 0) onDrop(files, event);
    },
  };
  return { isOver, listeners };
}

function hasFiles({ dataTransfer }: DragEvent): boolean {
  return dataTransfer.types.includes("Files");
}
