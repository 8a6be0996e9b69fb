import { useMemo } from "react";
import type { Endpoint } from "../../engine/contract/endpoints.ts";
import { LOCAL_TARGET } from "../../engine/contract/generation.ts";
import { useEndpoints } from "../picture/targets.ts";
import { useForm } from "../state/form.ts";
import { ignoredBy, type Setting } from "./ignored.ts";

/** Where the next picture is drawn. */
export interface ChosenTarget {
  readonly id: string;
  readonly isRemote: boolean;
  /** Undefined on this device, and where the endpoint is gone or not known yet. */
  readonly endpoint: Endpoint | undefined;
  /** Every endpoint; undefined until they are known. */
  readonly all: readonly Endpoint[] | undefined;
  /** What of the form it does not read. */
  readonly ignored: ReadonlySet<Setting>;
}

export function useChosenTarget(): ChosenTarget {
  const id = useForm(({ target }) => target);
  const all = useEndpoints();
  return useMemo(() => {
    const endpoint = all?.find((one) => one.id === id);
    return { id, isRemote: id !== LOCAL_TARGET, endpoint, all, ignored: ignoredBy(endpoint) };
  }, [id, all]);
}
