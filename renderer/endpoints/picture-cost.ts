import type { Endpoint } from "../../engine/contract/endpoints.ts";
import { useWords } from "../words/words.ts";

/** What the doctor's picture costs the endpoint, as far as that is known. */
export function usePictureCost({ profile, medianSeconds }: Endpoint): string {
  const t = useWords("endpoints");
  if (profile === "full") return t("pictureCost.small");
  if (medianSeconds === undefined) return t("pictureCost.own");
  return t("pictureCost.seconds", { seconds: Math.round(medianSeconds) });
}
