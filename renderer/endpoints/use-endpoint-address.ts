import { useMemo } from "react";
import { useSearchParams } from "wouter";

/** The part of the form where an endpoint's problem is corrected. */
const PLACES = ["url", "token", "certificate", "model", "timeout", "start", "proxy"] as const;
export type Place = (typeof PLACES)[number];

/** What the page shows, as in its address: `?add`, or `?edit=ID&at=token`. */
export interface EndpointAddress {
  readonly isAdding: boolean;
  readonly editedId: string | undefined;
  readonly place: Place | undefined;
  readonly add: () => void;
  readonly edit: (id: string, place?: Place) => void;
  readonly close: () => void;
}

export function useEndpointAddress(): EndpointAddress {
  const [address, setAddress] = useSearchParams();
  return useMemo(() => {
    const at = address.get("at");
    // Keeps the address's other parameters, for example a scene of the dev server.
    const others = [...address].filter(([name]) => !["add", "edit", "at"].includes(name));
    const show = (more: readonly (readonly [string, string])[]) =>
      setAddress(new URLSearchParams([...others, ...more].map(([name, value]) => [name, value])));
    return {
      isAdding: address.has("add"),
      editedId: address.get("edit") ?? undefined,
      place: PLACES.find((place) => place === at),
      add: () => show([["add", ""]]),
      edit: (id, place) => show([["edit", id], ...(place ? [["at", place] as const] : [])]),
      close: () => show([]),
    };
  }, [address, setAddress]);
}
