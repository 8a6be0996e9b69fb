import { Dices, Lock } from "lucide-react";
import { changeForm, useForm } from "../../state/form.ts";
import { newestFirst, useQueue } from "../../state/queue.ts";
import { Help } from "../../ui/help.tsx";
import { IconButton } from "../../ui/icon-button.tsx";
import { TextField } from "../../ui/text-field.tsx";
import { useWords } from "../../words/words.ts";
import { isSeed } from "../press/wanted.ts";

/** The random seed: empty means a new one for every press, a number stays. */
export function SeedField() {
  const t = useWords("generate");
  const seed = useForm((form) => form.seed);
  const last = useQueue((queue) => newestFirst(queue).find(({ order }) => order.seed)?.order.seed);
  const isUnknown = seed === "" && last === undefined;
  return (
    <TextField
      label={t("seed.title")}
      help={<Help about={t("seed.title")}>{t("seed.help")}</Help>}
      value={seed}
      placeholder={t("seed.placeholder")}
      inputMode="numeric"
      onChange={(value) => changeForm({ seed: value.trim() })}
      error={isSeed(seed) ? undefined : t("seed.invalid")}
      trailing={
        <>
          <IconButton
            icon={Dices}
            variant="quiet"
            label={t("seed.dice")}
            isChosen={seed === ""}
            onPress={() => changeForm({ seed: "" })}
          />
          <IconButton
            icon={Lock}
            variant="quiet"
            label={t("seed.lock")}
            isChosen={seed !== ""}
            isDisabled={isUnknown}
            reason={isUnknown ? t("off.lastSeed") : undefined}
            onPress={() => seed === "" && last !== undefined && changeForm({ seed: last })}
          />
        </>
      }
    />
  );
}
