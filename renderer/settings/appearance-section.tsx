import type { Settings } from "../../engine/contract/settings.ts";
import { Chips } from "../ui/chips.tsx";
import { useWords } from "../words/words.ts";
import { Line } from "./line.tsx";
import { Fact, Section } from "./section.tsx";
import { useChange } from "./use-change.ts";

/** The studio's appearance. */
export function AppearanceSection({ settings: { theme, scaling } }: { settings: Settings }) {
  const t = useWords("settings");
  const change = useChange();
  return (
    <Section of="appearance" kept="file">
      <Line id="theme">
        <Fact name={t("appearance.theme")}>
          <Chips
            label={t("appearance.theme")}
            isSegmented
            value={theme}
            onChange={(value) => change({ theme: value })}
            chips={(["system", "dark", "light"] as const).map((value) => ({
              value,
              label: t(`appearance.${value}`),
            }))}
          />
        </Fact>
      </Line>
      <Line id="scaling">
        <Fact name={t("appearance.scaling")}>
          <Chips
            label={t("appearance.scaling")}
            isSegmented
            value={scaling}
            onChange={(value) => change({ scaling: value })}
            chips={(["smooth", "crisp"] as const).map((value) => ({
              value,
              label: t(`appearance.${value}`),
            }))}
          />
        </Fact>
      </Line>
    </Section>
  );
}
