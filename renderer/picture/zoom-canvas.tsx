import { type ReactNode, type PointerEvent, useEffect, useRef } from "react";
import type { ZoomControl } from "./use-zoom.ts";
import type { Point, Size } from "./zoom.ts";
import styles from "./zoom-canvas.module.css";

/** Pixels of wheel that double the size. */
const WHEEL_PER_DOUBLE = 400;

export interface ZoomCanvasProps {
  readonly picture: Size;
  readonly zoom: ZoomControl;
  /** What fills the picture's place. */
  readonly children: ReactNode;
}

/** A picture to look at closely: the wheel zooms where the pointer is, dragging moves, a double click changes between whole and one to one. */
export function ZoomCanvas({ picture, zoom, children }: ZoomCanvasProps) {
  const ref = useRef<HTMLDivElement>(null);
  useMeasure(ref, zoom);
  useWheel(ref, zoom);
  const { scale, at, isFit } = zoom;
  const style = {
    width: picture.width * scale,
    height: picture.height * scale,
    translate: `calc(${at.x}px - 50%) calc(${at.y}px - 50%)`,
  };
  return (
    <div
      ref={ref}
      className={styles.canvas}
      data-fit={isFit || undefined}
      onPointerDown={(event) => follow(event, zoom)}
      onDoubleClick={(event) => (isFit ? zoom.full(fromMiddle(event)) : zoom.fit())}
    >
      <div className={styles.picture} style={style}>
        {children}
      </div>
    </div>
  );
}

function useMeasure(ref: { readonly current: HTMLElement | null }, { measure }: ZoomControl): void {
  useEffect(() => {
    const element = ref.current;
    if (element === null) return;
    const observer = new ResizeObserver(() =>
      measure({ width: element.clientWidth, height: element.clientHeight }),
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, [ref, measure]);
}

/** React listens to wheels passively, where the page cannot be kept from scrolling. */
function useWheel(ref: { readonly current: HTMLElement | null }, zoom: ZoomControl): void {
  const latest = useRef(zoom);
  useEffect(() => {
    latest.current = zoom;
  });
  useEffect(() => {
    const element = ref.current;
    const turn = (event: WheelEvent) => {
      event.preventDefault();
      const factor = 2 ** (-event.deltaY / WHEEL_PER_DOUBLE);
      if (element) latest.current.by(factor, pointIn(element, event));
    };
    element?.addEventListener("wheel", turn, { passive: false });
    return () => element?.removeEventListener("wheel", turn);
  }, [ref]);
}

function follow(event: PointerEvent<HTMLElement>, { pan }: ZoomControl): void {
  if (event.button !== 0) return;
  const { currentTarget: canvas, pointerId } = event;
  canvas.setPointerCapture(pointerId);
  const move = ({ movementX, movementY }: globalThis.PointerEvent) =>
    pan({ x: movementX, y: movementY });
  canvas.addEventListener("pointermove", move);
  canvas.addEventListener(
    "lostpointercapture",
    () => canvas.removeEventListener("pointermove", move),
    { once: true },
  );
}

function fromMiddle(event: { currentTarget: HTMLElement; clientX: number; clientY: number }) {
  return pointIn(event.currentTarget, event);
}

function pointIn(element: HTMLElement, at: { clientX: number; clientY: number }): Point {
  const { left, top, width, height } = element.getBoundingClientRect();
  return { x: at.clientX - left - width / 2, y: at.clientY - top - height / 2 };
}
