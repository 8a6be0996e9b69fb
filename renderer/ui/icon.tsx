import type { LucideIcon } from "lucide-react";

/** An icon in the studio's stroke width; hidden from screen readers. */
export function Icon({ of: Shape, size = 16 }: { of: LucideIcon; size?: 16 | 20 }) {
  return <Shape size={size} strokeWidth={1.75} aria-hidden focusable={false} />;
}
