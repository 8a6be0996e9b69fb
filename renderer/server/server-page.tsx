import { Tab, TabList, TabPanel, Tabs } from "react-aria-components";
import { useSearchParams } from "wouter";
import type { Server } from "../../engine/contract/server.ts";
import { Failed, Skeleton } from "../ui/async-states.tsx";
import { useWords } from "../words/words.ts";
import { KeysTab } from "./keys/keys-tab.tsx";
import { NewKeyDialog } from "./keys/new-key-dialog.tsx";
import { RequestsTab } from "./requests/requests-tab.tsx";
import { ServerHead } from "./server-head.tsx";
import styles from "./server-page.module.css";
import { SettingsTab } from "./settings/settings-tab.tsx";
import { StartFailure } from "./start-failure.tsx";
import { TryTab } from "./snippets/try-tab.tsx";
import { failureOf, useServer, useServerCommands } from "./use-server.ts";

/** How other programs get pictures from this machine. The address says which tab is open, and `&key` makes a key: `?show=keys`. */
export function ServerPage() {
  const t = useWords("server");
  const { data: server, error, refetch } = useServer();
  return (
    <div className={styles.page}>
      {server && <Room server={server} />}
      {error && !server && (
        <>
          <h1 className={styles.heading}>{t("title")}</h1>
          <Failed title={t("failed")} error={error} onRetry={() => void refetch()} />
        </>
      )}
      {server === undefined && !error && (
        <>
          <Skeleton className={styles.headSkeleton} />
          <Skeleton className={styles.skeleton} />
        </>
      )}
    </div>
  );
}

const TABS = ["requests", "try", "keys", "settings"] as const;

function Room({ server }: { server: Server }) {
  const t = useWords("server");
  const [address, setAddress] = useSearchParams();
  const commands = useServerCommands();
  const failure = failureOf(server, commands);
  const shown = TABS.find((name) => name === address.get("show")) ?? "requests";
  const showKey = (isShown: boolean) =>
    setAddress(
      (before) => {
        const after = new URLSearchParams(before);
        if (isShown) after.set("key", "");
        else after.delete("key");
        return after;
      },
      { replace: !isShown },
    );
  const makeKey = () => showKey(true);
  const closeKey = (isMade: boolean) => {
    showKey(false);
    if (isMade && failure !== undefined) failure.again();
  };
  return (
    <>
      <ServerHead server={server} commands={commands} isFailed={failure !== undefined} />
      {failure && (
        <StartFailure failure={failure} server={server} commands={commands} onMakeKey={makeKey} />
      )}
      <Tabs
        className={styles.tabs ?? ""}
        selectedKey={shown}
        onSelectionChange={(name) => setAddress({ show: String(name) })}
      >
        <TabList className={styles.tabList ?? ""} aria-label={t("title")}>
          {TABS.map((name) => (
            <Tab key={name} id={name} className={styles.tab ?? ""}>
              {t(`tabs.${name}`)}
            </Tab>
          ))}
        </TabList>
        <TabPanel id="requests" className={styles.panel ?? ""}>
          <RequestsTab server={server} />
        </TabPanel>
        <TabPanel id="try" className={styles.panel ?? ""}>
          <TryTab server={server} change={commands.change} onMakeKey={makeKey} />
        </TabPanel>
        <TabPanel id="keys" className={styles.panel ?? ""}>
          <KeysTab server={server} onMakeKey={makeKey} />
        </TabPanel>
        <TabPanel id="settings" className={styles.panel ?? ""}>
          <SettingsTab server={server} commands={commands} />
        </TabPanel>
      </Tabs>
      <NewKeyDialog isOpen={address.has("key")} onClose={closeKey} />
    </>
  );
}
