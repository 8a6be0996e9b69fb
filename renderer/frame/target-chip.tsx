import { RadioTower } from "lucide-react";
import { useLocation } from "wouter";
import type { Endpoint } from "../../engine/contract/endpoints.ts";
import { readinessOf } from "../state/endpoints.ts";
import { Tooltip } from "../ui/tooltip.tsx";
import { useWords } from "../words/words.ts";
import { Chip } from "./chip.tsx";

/** The endpoint that draws next, and how it stands with it. */
export function TargetChip({ endpoint }: { endpoint: Endpoint }) {
  const t = useWords("frame");
  const words = useWords("endpoints");
  const [, navigate] = useLocation();
  const readiness = words(`readiness.${readinessOf(endpoint)}`);
  return (
    <Tooltip text={t("target.open")}>
      <Chip icon={RadioTower} onPress={() => navigate("/endpoints")}>
        {t("target.endpoint", { name: endpoint.name, readiness })}
      </Chip>
    </Tooltip>
  );
}
