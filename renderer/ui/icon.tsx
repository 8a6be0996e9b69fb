import type { LucideIcon } from "lucide-react";

/** An icon in the studio's one stroke width; it says nothing to a screen reader. */
export function Icon({ of: Shape, size = 16 }: { of: LucideIcon; size?: 16 | 20 }) {
  return <Shape size={size} strokeWidth={1.75} aria-hidden focusable={false} />;
}
