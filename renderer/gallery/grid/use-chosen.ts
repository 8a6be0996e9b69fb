import { useMemo } from "react";
import { useChoice } from "../../state/choice.ts";
import type { Order } from "./contact-sheet.ts";

/** What the page's actions are about: the open picture, else the chosen ones in the sheet's order. */
export function useChosen(order: Order, openId: string | undefined): readonly string[] {
  const chosen = useChoice((choice) => choice.chosen);
  return useMemo(() => {
    if (openId !== undefined) return [openId];
    return chosen.size < 2 ? [...chosen] : order.ids.filter((id) => chosen.has(id));
  }, [order, chosen, openId]);
}
