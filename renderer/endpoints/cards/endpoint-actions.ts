import {
  ChartColumn,
  ImagePlus,
  Pencil,
  RefreshCw,
  Share2,
  SlidersHorizontal,
  Stethoscope,
  Trash2,
} from "lucide-react";
import { useMemo } from "react";
import { useLocation } from "wouter";
import type { Endpoint } from "../../../engine/contract/endpoints.ts";
import { shareLink } from "../../../engine/contract/share-link.ts";
import { useStudio } from "../../connection/studio.tsx";
import type { Action } from "../../shortcuts/registry.ts";
import { chooseTarget } from "../../state/choose-target.ts";
import { attempt, showToast } from "../../ui/toasts.ts";
import { useWords } from "../../words/words.ts";

export interface EndpointVerbs {
  readonly isTesting: boolean;
  readonly test: () => void;
  readonly diagnose: () => void;
  readonly trySettings: () => void;
  readonly history: () => void;
  readonly edit: () => void;
  readonly remove: () => void;
}

/** The actions that find something out about an endpoint. */
function lookActions(
  { isTesting, test, diagnose, trySettings, history }: EndpointVerbs,
  t: ReturnType<typeof useWords<"endpoints">>,
  group: string,
): readonly Action[] {
  const ways = [
    { id: "test", icon: RefreshCw, run: test, isDisabled: isTesting },
    { id: "doctor", icon: Stethoscope, run: diagnose },
    { id: "trySettings", icon: SlidersHorizontal, run: trySettings },
    { id: "history", icon: ChartColumn, run: history },
  ] as const;
  return ways.map(({ id, ...way }) => ({
    ...way,
    id: `endpoint.${id}`,
    label: t(`actions.${id}`),
    group,
  }));
}

/** The actions for an endpoint, in the order shared by buttons and menu. */
export function useEndpointActions(endpoint: Endpoint, verbs: EndpointVerbs): readonly Action[] {
  const { id } = endpoint;
  const t = useWords("endpoints");
  const studio = useStudio();
  const [, navigate] = useLocation();
  return useMemo(() => {
    const group = t("actions.group");
    const draw = () => {
      attempt(chooseTarget(studio, id));
      navigate("/generate");
    };
    const share = async () => {
      await navigator.clipboard.writeText(shareLink(endpoint));
      showToast(t("shared"));
    };
    return [
      { id: "endpoint.draw", label: t("actions.draw"), group, icon: ImagePlus, run: draw },
      ...lookActions(verbs, t, group),
      { id: "endpoint.edit", label: t("actions.edit"), group, icon: Pencil, run: verbs.edit },
      {
        id: "endpoint.share",
        label: t("actions.share"),
        group,
        icon: Share2,
        run: () => attempt(share()),
      },
      {
        id: "endpoint.remove",
        label: t("actions.remove"),
        group,
        icon: Trash2,
        isDanger: true,
        run: verbs.remove,
      },
    ];
  }, [id, endpoint, t, studio, navigate, verbs]);
}
