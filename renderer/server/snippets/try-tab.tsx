import { Copy, KeyRound } from "lucide-react";
import { useState } from "react";
import type { Server } from "../../../engine/contract/server.ts";
import { Button } from "../../ui/button.tsx";
import { Chips } from "../../ui/chips.tsx";
import { Select } from "../../ui/select.tsx";
import { TextField } from "../../ui/text-field.tsx";
import { useWords } from "../../words/words.ts";
import { askedName, originOf } from "../reach.ts";
import { KEY_VARIABLE, type SnippetName, SNIPPETS } from "./snippets.ts";
import styles from "./try-tab.module.css";
import { useCaller } from "./use-caller.ts";
import { useCopy } from "../use-copy.ts";

const NAMES = ["curl", "requests", "triton"] as const satisfies readonly SnippetName[];

/** Programs to copy, made for this server as it is: address, model, and whether a key is shown. */
export function TryTab({ server, onMakeKey }: { server: Server; onMakeKey: () => void }) {
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
            chips={NAMES.map((value) => ({ value, label: t(`try.names.${value}`) }))}
          />
          <Button icon={Copy} onPress={() => copy(code)}>
            {t("try.copy")}
          </Button>
        </div>
        <pre className={styles.code} tabIndex={0} aria-label={t("try.code", { name })}>
          {code}
        </pre>
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
