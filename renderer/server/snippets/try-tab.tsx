import { useQuery } from "@tanstack/react-query";
import { Copy, KeyRound } from "lucide-react";
import { useState } from "react";
import type { Server, ServerKey } from "../../../engine/contract/server.ts";
import { useStudio } from "../../connection/studio.tsx";
import { Button } from "../../ui/button.tsx";
import { Chips } from "../../ui/chips.tsx";
import { Select } from "../../ui/select.tsx";
import { TextField } from "../../ui/text-field.tsx";
import { useWords } from "../../words/words.ts";
import { askedName, needsKey, originOf } from "../reach.ts";
import { useCopy } from "../use-copy.ts";
import type { ServerCommands } from "../use-server.ts";
import {
  isForOpenai,
  KEY_VARIABLE,
  SNIPPET_NAMES,
  type SnippetName,
  SNIPPETS,
} from "./snippets.ts";
import styles from "./try-tab.module.css";

export interface TryTabProps {
  readonly server: Server;
  readonly change: ServerCommands["change"];
  readonly onMakeKey: () => void;
}

/** Example programs for this server, with its address, its model, and a key if one is used. */
export function TryTab({ server, change, onMakeKey }: TryTabProps) {
  const t = useWords("server");
  const [name, setName] = useState<SnippetName>("curl");
  const [prompt, setPrompt] = useState(t("try.example"));
  const caller = useCaller(server);
  const copy = useCopy();
  const code = SNIPPETS[name]({
    origin: originOf(server),
    modelName: askedName(server.modelNames),
    prompt,
    isWithKey: caller.isWithKey,
    isSeedProfile: caller.isSeedProfile,
  });
  return (
    <div className={styles.page}>
      <div className={styles.column}>
        <div className={styles.fields}>
          <TextField label={t("try.prompt")} value={prompt} onChange={setPrompt} />
          <Select
            label={t("try.as")}
            value={caller.value}
            onChange={caller.choose}
            options={caller.options}
          />
        </div>
        <div className={styles.row}>
          <Chips
            label={t("try.with")}
            value={name}
            onChange={setName}
            chips={SNIPPET_NAMES.map((value) => ({ value, label: t(`try.names.${value}`) }))}
          />
          <Button icon={Copy} onPress={() => copy(code)}>
            {t("try.copy")}
          </Button>
        </div>
        <Code name={name} code={code} />
        {isForOpenai(name) && !server.settings.isOpenaiOn && (
          <OpenaiOff onOffer={() => change({ isOpenaiOn: true })} />
        )}
        {server.state !== "running" && <p className={styles.note}>{t("try.stopped")}</p>}
        <p className={styles.note}>{t(`try.notes.${name}`)}</p>
        {caller.isWithKey && (
          <p className={styles.note}>{t("try.keyNote", { variable: KEY_VARIABLE })}</p>
        )}
        {caller.lacksKey && (
          <div>
            <Button icon={KeyRound} onPress={onMakeKey}>
              {t("keys.make")}
            </Button>
          </div>
        )}
      </div>
    </div>
  );
}

function Code({ name, code }: { name: SnippetName; code: string }) {
  const t = useWords("server");
  const label = t("try.code", { name: t(`try.names.${name}`) });
  return (
    <pre className={styles.code} tabIndex={0} aria-label={label}>
      {code}
    </pre>
  );
}

/** Says that the API of a program is off, and switches it on. */
function OpenaiOff({ onOffer }: { onOffer: () => void }) {
  const t = useWords("server");
  return (
    <div className={styles.row}>
      <p className={styles.note}>{t("try.openaiOff")}</p>
      <Button onPress={onOffer}>{t("settings.openai")}</Button>
    </div>
  );
}

/** Cannot be the name of a key. */
const NOBODY = "nobody";

/** The key that a snippet uses, and the choices: no key if that is allowed, or one of the keys. */
function useCaller({ settings }: Server) {
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
