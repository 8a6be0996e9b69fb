import { CircleAlert, CircleSlash, type LucideIcon, ZapOff } from "lucide-react";
import type { GenerationState } from "../../../engine/contract/generation.ts";

/** How an end without a picture looks: a person cancels, and what is interrupted lost its studio. */
export function endSign(state: GenerationState): LucideIcon {
  if (state === "failed") return CircleAlert;
  return state === "interrupted" ? ZapOff : CircleSlash;
}
