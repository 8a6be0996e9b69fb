import { useMemo } from "react";
import { LOCAL_TARGET } from "../../engine/contract/generation.ts";
import { TRIED_SETTINGS, usesSetting } from "../../engine/contract/setting-trial.ts";
import { useExtraTargets } from "../state/extra-targets.ts";
import { useKnownEndpoints } from "../picture/targets.ts";
import { ignoredBy, type Setting } from "../picture/ignored-settings.ts";
import type { KnownEndpoint } from "../state/endpoints.ts";
import { useForm } from "../state/form.ts";

/** The target of the next picture: this device or an endpoint. */
export interface ChosenTarget {
  readonly id: string;
  readonly isRemote: boolean;
  /** Undefined for this device, and if the endpoint has been removed or is not known yet. */
  readonly endpoint: KnownEndpoint | undefined;
  /** All endpoints; undefined until they are known. */
  readonly all: readonly KnownEndpoint[] | undefined;
  /** The settings that it ignores. */
  readonly ignored: ReadonlySet<Setting>;
}

export function useChosenTarget(): ChosenTarget {
  const id = useForm(({ target }) => target);
  const all = useKnownEndpoints();
  return useMemo(() => {
    const endpoint = all?.find((one) => one.id === id);
    return { id, isRemote: id !== LOCAL_TARGET, endpoint, all, ignored: ignoredBy(endpoint) };
  }, [id, all]);
}

/** Which targets of a press ignore a setting, and whether test pictures confirmed that for all of them. */
export interface Unread {
  /** Empty if this device is the only target, or if all targets use it. */
  readonly names: readonly string[];
  /** Whether all targets ignore it, so that the field has no effect. */
  readonly isAll: boolean;
  readonly isCertain: boolean;
}

export function useUnread(setting: Setting): Unread {
  const { id, all } = useChosenTarget();
  const { targets } = useExtraTargets();
  return useMemo(() => unreadBy(setting, [id, ...targets], all ?? []), [setting, id, targets, all]);
}

export function unreadBy(
  setting: Setting,
  targets: readonly string[],
  all: readonly KnownEndpoint[],
): Unread {
  const drawing = [...new Set(targets)];
  const deaf = all.filter((one) => drawing.includes(one.id) && ignoredBy(one).has(setting));
  const tried = TRIED_SETTINGS.find((one) => one === setting);
  return {
    names: deaf.map(({ name }) => name),
    isAll: deaf.length > 0 && deaf.length === drawing.length,
    isCertain: deaf.every((one) => tried !== undefined && usesSetting(one, tried) === false),
  };
}
