import { ImagePlus, Pencil, RefreshCw, Trash2 } from "lucide-react";
import { useMemo } from "react";
import { useLocation } from "wouter";
import type { Endpoint } from "../../../engine/contract/endpoints.ts";
import { useStudio } from "../../connection/studio.tsx";
import type { Action } from "../../shortcuts/registry.ts";
import { drawAt } from "../../state/draw-at.ts";
import { attempt } from "../../ui/toasts.ts";
import { useWords } from "../../words/words.ts";

export interface EndpointVerbs {
  readonly isTesting: boolean;
  readonly test: () => void;
  readonly edit: () => void;
  readonly remove: () => void;
}

/** What can be done with an endpoint, in the one order of buttons and menu. */
export function useEndpointActions({ id }: Endpoint, verbs: EndpointVerbs): readonly Action[] {
  const t = useWords("endpoints");
  const studio = useStudio();
  const [, navigate] = useLocation();
  return useMemo(() => {
    const group = t("actions.group");
    const draw = () => {
      attempt(drawAt(studio, id));
      navigate("/generate");
    };
    return [
      { id: "endpoint.draw", label: t("actions.draw"), group, icon: ImagePlus, run: draw },
      {
        id: "endpoint.test",
        label: t("actions.test"),
        group,
        icon: RefreshCw,
        isDisabled: verbs.isTesting,
        run: verbs.test,
      },
      { id: "endpoint.edit", label: t("actions.edit"), group, icon: Pencil, run: verbs.edit },
      {
        id: "endpoint.remove",
        label: t("actions.remove"),
        group,
        icon: Trash2,
        isDanger: true,
        run: verbs.remove,
      },
    ];
  }, [id, t, studio, navigate, verbs]);
}
