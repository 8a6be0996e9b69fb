import { useMemo } from "react";
import type { Endpoint } from "../../engine/contract/endpoints.ts";
import { LOCAL_TARGET } from "../../engine/contract/generation.ts";
import { TRIED_SETTINGS, usesSetting } from "../../engine/contract/setting-trial.ts";
import { useAlsoAt } from "../state/also-at.ts";
import { useEndpoints } from "../picture/targets.ts";
import { ignoredBy, type Setting } from "../picture/ignored-settings.ts";
import { useForm } from "../state/form.ts";

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

/** Who of a press would not read a setting, and whether that is known of all of them by their pictures. */
export interface Unread {
  /** Nothing where this device alone is the target, or everyone reads it. */
  readonly names: readonly string[];
  /** Whether that is everyone who draws, so that the field means nothing. */
  readonly isAll: boolean;
  readonly isCertain: boolean;
}

export function useUnread(setting: Setting): Unread {
  const { id, all } = useChosenTarget();
  const { targets } = useAlsoAt();
  return useMemo(() => unreadBy(setting, [id, ...targets], all ?? []), [setting, id, targets, all]);
}

export function unreadBy(
  setting: Setting,
  targets: readonly string[],
  all: readonly Endpoint[],
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
