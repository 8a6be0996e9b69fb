import { type ReactNode, type PointerEvent, useEffect, useRef } from "react";
import type { ZoomControl } from "./use-zoom.ts";
import { type Point, type Size, wheelFactor } from "./zoom.ts";
import styles from "./zoom-canvas.module.css";

export interface ZoomCanvasProps {
  readonly picture: Size;
  readonly zoom: ZoomControl;
  /** The content in the picture's place. */
  readonly children: ReactNode;
}

/**
 * A picture that can be zoomed: the wheel and two fingers zoom at their position, dragging with one or two moves it, a
 * double click switches between fitted and one to one.
 */
export function ZoomCanvas({ picture, zoom, children }: ZoomCanvasProps) {
  const ref = useRef<HTMLDivElement>(null);
  useMeasure(ref, zoom);
  const latest = useLatest(zoom);
  useWheel(ref, latest);
  const pointers = useRef<Pointers>(new Map());
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
      onPointerDown={(event) => follow(event, pointers.current, latest)}
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

/** The zoom of the last render, for listeners that outlive one. */
interface Latest {
  readonly current: ZoomControl;
}

function useLatest(zoom: ZoomControl): Latest {
  const latest = useRef(zoom);
  useEffect(() => {
    latest.current = zoom;
  });
  return latest;
}

/** React registers wheel listeners as passive, which cannot prevent scrolling. */
function useWheel(ref: { readonly current: HTMLElement | null }, latest: Latest): void {
  useEffect(() => {
    const element = ref.current;
    const turn = (event: WheelEvent) => {
      event.preventDefault();
      if (element) latest.current.by(wheelFactor(event), pointIn(element, event));
    };
    element?.addEventListener("wheel", turn, { passive: false });
    return () => element?.removeEventListener("wheel", turn);
  }, [ref, latest]);
}

/** The positions of the fingers on the canvas, or of the mouse. */
type Pointers = Map<number, Point>;

/** One pointer moves the picture; with two, their midpoint moves it and the distance between them zooms. */
function follow(event: PointerEvent<HTMLElement>, pointers: Pointers, zoom: Latest): void {
  if (event.button !== 0) return;
  const { currentTarget: canvas, pointerId } = event;
  canvas.setPointerCapture(pointerId);
  pointers.set(pointerId, fromMiddle(event));
  const move = (event: globalThis.PointerEvent) => {
    const before = pointers.get(event.pointerId);
    if (event.pointerId !== pointerId || before === undefined) return;
    const now = pointIn(canvas, event);
    const other = [...pointers].find(([id]) => id !== pointerId)?.[1];
    pointers.set(pointerId, now);
    const { by, pan } = zoom.current;
    const moved = { x: now.x - before.x, y: now.y - before.y };
    if (other === undefined) return pan(moved);
    by(distance(now, other) / Math.max(1, distance(before, other)), middle(before, other));
    pan({ x: moved.x / 2, y: moved.y / 2 });
  };
  const end = (lost: globalThis.PointerEvent) => {
    if (lost.pointerId !== pointerId) return;
    pointers.delete(pointerId);
    canvas.removeEventListener("pointermove", move);
    canvas.removeEventListener("lostpointercapture", end);
  };
  canvas.addEventListener("pointermove", move);
  canvas.addEventListener("lostpointercapture", end);
}

function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}

function middle(a: Point, b: Point): Point {
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
}

function fromMiddle(event: { currentTarget: HTMLElement; clientX: number; clientY: number }) {
  return pointIn(event.currentTarget, event);
}

function pointIn(element: HTMLElement, at: { clientX: number; clientY: number }): Point {
  const { left, top, width, height } = element.getBoundingClientRect();
  return { x: at.clientX - left - width / 2, y: at.clientY - top - height / 2 };
}
