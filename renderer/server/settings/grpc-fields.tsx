import { CircleAlert } from "lucide-react";
import type { Server } from "../../../engine/contract/server.ts";
import { Icon } from "../../ui/icon.tsx";
import { Switch } from "../../ui/switch.tsx";
import { useWords } from "../../words/words.ts";
import type { ServerCommands } from "../use-server.ts";
import { NumberSetting } from "./number-setting.tsx";
import styles from "./settings-tab.module.css";

/** KServe's default port for gRPC. */
const FIRST_PORT = 8081;

export interface GrpcFieldsProps {
  readonly server: Server;
  readonly change: ServerCommands["change"];
}

/** The switch for gRPC, its port, and the error if it could not be started. */
export function GrpcFields({ server, change }: GrpcFieldsProps) {
  const t = useWords("server");
  const { grpcTarget, grpcError } = server;
  const { grpcPort } = server.settings;
  return (
    <>
      <Switch
        isSelected={grpcPort !== null}
        onChange={(isOn) => change({ grpcPort: isOn ? FIRST_PORT : null })}
        description={t("settings.grpcHelp")}
      >
        {t("settings.grpc")}
      </Switch>
      {grpcPort !== null && (
        <NumberSetting
          label={t("settings.grpcPort")}
          description={grpcTarget && t("settings.grpcAt", { target: grpcTarget })}
          value={grpcPort}
          onChange={(value) => change({ grpcPort: value })}
          minValue={0}
          maxValue={65_535}
        />
      )}
      {grpcError !== undefined && (
        <p className={styles.bad}>
          <Icon of={CircleAlert} />
          {grpcError.message}
        </p>
      )}
    </>
  );
}
