import { INT8_BYTES } from "../../../engine/contract/archives.ts";
import type { StoredModel } from "../../../engine/contract/models.ts";
import { Switch } from "../../ui/switch.tsx";
import { formatBytes } from "../../words/format.ts";
import { useWords } from "../../words/words.ts";

export interface Int8SwitchProps {
  readonly model: StoredModel;
  readonly isSelected: boolean;
  readonly onChange: (isSelected: boolean) => void;
}

/** Whether an archive also contains the weights in int8, and how much larger that makes it. */
export function Int8Switch({ model, ...rest }: Int8SwitchProps) {
  const t = useWords("archive");
  const bytes = model.summary && Math.round(INT8_BYTES * model.summary.unetParameters);
  const description =
    bytes === undefined ? t("int8.help") : t("int8.helpWithSize", { size: formatBytes(bytes) });
  return (
    <Switch {...rest} description={description}>
      {t("int8.label")}
    </Switch>
  );
}
