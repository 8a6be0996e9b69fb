import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Server, ServerKey } from "../../../engine/contract/server.ts";
import { useStudio } from "../../connection/studio.tsx";
import { useWords } from "../../words/words.ts";
import { needsKey } from "../reach.ts";

/** No key among those there are. */
const NOBODY = "nobody";

/** As whom a snippet asks, and whom it could ask as: nobody where that is let in, or a key of these. */
export function useCaller({ settings }: Server) {
  const { queries } = useStudio();
  const keys = useQuery(queries.server.keys.queryOptions()).data?.filter(mayDraw) ?? [];
  const [chosen, choose] = useState<string>();
  const isNeeded = needsKey(settings);
  const key = keys.find(({ id }) => id === chosen) ?? (isNeeded ? keys[0] : undefined);
  return {
    value: key?.id ?? NOBODY,
    choose,
    options: useOptions(keys, isNeeded),
    isWithKey: isNeeded || key !== undefined,
    isSeedProfile: key === undefined ? !isNeeded && settings.isSeedProfile : key.isSeedProfile,
    lacksKey: isNeeded && key === undefined,
  };
}

function useOptions(keys: readonly ServerKey[], isNeeded: boolean) {
  const t = useWords("server");
  const nobody = { value: NOBODY, label: t(isNeeded ? "try.someKey" : "try.noKey") };
  const named = keys.map(({ id, name }) => ({ value: id, label: name }));
  return isNeeded && keys.length > 0 ? named : [nobody, ...named];
}

function mayDraw({ scopes }: ServerKey): boolean {
  return scopes.includes("inference");
}
