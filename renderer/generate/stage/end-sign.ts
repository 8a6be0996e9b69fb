import { CircleAlert, CircleSlash, type LucideIcon, ZapOff } from "lucide-react";
import type { GenerationState } from "../../../engine/contract/generation.ts";

/**
 * The icon for a generation that ended without a picture: one was cancelled by the user, another interrupted when the
 * studio closed.
 */
export function endSign(state: GenerationState): LucideIcon {
  if (state === "failed") return CircleAlert;
  return state === "interrupted" ? ZapOff : CircleSlash;
}
