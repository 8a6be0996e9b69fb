import { type Preset, PRESETS } from "../../../engine/contract/presets.ts";
import type { Server } from "../../../engine/contract/server.ts";
import { Chips } from "../../ui/chips.tsx";
import { Switch } from "../../ui/switch.tsx";
import { useWords } from "../../words/words.ts";
import { isOwnMachine, otherOriginOf } from "../reach.ts";
import type { ServerCommands } from "../use-server.ts";
import { GrpcFields } from "./grpc-fields.tsx";
import { HostField } from "./host-field.tsx";
import { LinesField } from "./lines-field.tsx";
import { NumberSetting } from "./number-setting.tsx";
import { TlsFields } from "./tls-fields.tsx";
import { OtherApis } from "./other-apis.tsx";
import styles from "./settings-tab.module.css";

export interface SettingsTabProps {
  readonly server: Server;
  readonly commands: ServerCommands;
}

/** How the server can be reached, by whom, and how much it accepts. */
export function SettingsTab({ server, commands }: SettingsTabProps) {
  const { settings } = server;
  const refused = commands.refused?.error;
  return (
    <div className={styles.page}>
      <div className={styles.column}>
        <Reach server={server} refused={refused} change={commands.change} />
        <OtherApis server={server} change={commands.change} />
        <Access settings={settings} change={commands.change} />
        <Work settings={settings} change={commands.change} />
      </div>
    </div>
  );
}

interface PartProps {
  readonly settings: Server["settings"];
  readonly change: ServerCommands["change"];
}

interface ReachProps extends Pick<PartProps, "change"> {
  readonly server: Server;
  readonly refused: Error | undefined;
}

function Reach({ server, refused, change }: ReachProps) {
  const t = useWords("server");
  const { host, port, tls } = server.settings;
  // A refused choice is not shown as chosen any more; typed file paths stay, to be corrected.
  const chosen = String(refused !== undefined);
  const elsewhere = otherOriginOf(server);
  return (
    <section className={styles.section} aria-label={t("settings.reach")}>
      <h2 className={styles.title}>{t("settings.reach")}</h2>
      <div className={styles.fields}>
        <HostField
          key={`${host} ${chosen}`}
          host={host}
          isEncrypted={tls !== null}
          onChange={(value) => change({ host: value })}
        />
        <NumberSetting
          key={`port ${chosen}`}
          label={t("settings.port")}
          description={elsewhere && t("settings.elsewhere", { origin: elsewhere })}
          value={port}
          onChange={(value) => change({ port: value })}
          minValue={0}
          maxValue={65_535}
        />
        <GrpcFields key={`gRPC ${chosen}`} server={server} change={change} />
        <TlsFields
          key={JSON.stringify(tls)}
          tls={tls}
          shown={server.tls}
          refused={refused}
          change={change}
        />
        <p className={styles.help}>{t("settings.restarts")}</p>
      </div>
    </section>
  );
}

function Access({ settings, change }: PartProps) {
  const t = useWords("server");
  const { host, hostNames, origins, isKeyRequired, isMetricsOpen } = settings;
  const isOwn = isOwnMachine(host);
  return (
    <section className={styles.section} aria-label={t("settings.access")}>
      <h2 className={styles.title}>{t("settings.access")}</h2>
      <div className={styles.fields}>
        <Switch
          isSelected={isKeyRequired || !isOwn}
          isDisabled={!isOwn}
          onChange={(isOn) => change({ isKeyRequired: isOn })}
          description={t(isOwn ? "settings.keyHelp" : "settings.keyAlways")}
        >
          {t("settings.keyRequired")}
        </Switch>
        <Switch
          isSelected={isMetricsOpen}
          onChange={(isOn) => change({ isMetricsOpen: isOn })}
          description={t("settings.metricsHelp")}
        >
          {t("settings.metrics")}
        </Switch>
        <LinesField
          name="hostNames"
          lines={hostNames}
          onChange={(lines) => change({ hostNames: lines })}
        />
        <LinesField
          name="origins"
          lines={origins}
          onChange={(lines) => change({ origins: lines })}
        />
      </div>
    </section>
  );
}

/** The initial time limit: five minutes. */
const FIRST_LIMIT_SECONDS = 300;

function Work({ settings, change }: PartProps) {
  const t = useWords("server");
  const { queueLength, timeLimitSeconds, preset, isSeedProfile } = settings;
  return (
    <section className={styles.section} aria-label={t("settings.work")}>
      <h2 className={styles.title}>{t("settings.work")}</h2>
      <div className={styles.fields}>
        <NumberSetting
          label={t("settings.queueLength")}
          description={t("settings.queueHelp")}
          value={queueLength}
          onChange={(value) => change({ queueLength: value })}
          minValue={1}
          maxValue={1000}
        />
        <Switch
          isSelected={timeLimitSeconds !== null}
          onChange={(isOn) => change({ timeLimitSeconds: isOn ? FIRST_LIMIT_SECONDS : null })}
          description={t("settings.limitHelp")}
        >
          {t("settings.limit")}
        </Switch>
        {timeLimitSeconds !== null && (
          <NumberSetting
            label={t("settings.limitSeconds")}
            value={timeLimitSeconds}
            onChange={(value) => change({ timeLimitSeconds: value })}
            minValue={1}
            maxValue={86_400}
          />
        )}
        <DefaultPreset preset={preset} change={change} />
        <Switch
          isSelected={isSeedProfile}
          onChange={(isOn) => change({ isSeedProfile: isOn })}
          description={t("settings.seedHelp")}
        >
          {t("settings.seed")}
        </Switch>
      </div>
    </section>
  );
}

/** The preset for requests that name none. */
function DefaultPreset({ preset, change }: Pick<PartProps, "change"> & { preset: Preset }) {
  const t = useWords("server");
  return (
    <div className={styles.field}>
      <span className={styles.name}>{t("settings.preset")}</span>
      <div className={styles.chips}>
        <Chips
          label={t("settings.preset")}
          isSegmented
          value={preset}
          onChange={(value) => change({ preset: value })}
          chips={PRESETS.map((value) => ({ value, label: t(`settings.presets.${value}`) }))}
        />
      </div>
      <p className={styles.help}>{t(`settings.presetHelp.${preset}`)}</p>
    </div>
  );
}
