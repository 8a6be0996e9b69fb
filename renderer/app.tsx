import { QueryClientProvider, useQuery } from "@tanstack/react-query";
import { Redirect, Route, Switch } from "wouter";
import { BucketsPage } from "./buckets/buckets-page.tsx";
import { type Studio, StudioProvider, useStudio } from "./connection/studio.tsx";
import { DeployPage } from "./deploy/deploy-page.tsx";
import { EndpointsPage } from "./endpoints/endpoints-page.tsx";
import { Frame } from "./frame/frame.tsx";
import { GalleryPage } from "./gallery/gallery-page.tsx";
import { GeneratePage } from "./generate/generate-page.tsx";
import { ModelsPage } from "./models/models-page.tsx";
import { ElsewhereDialog } from "./picture/elsewhere/elsewhere-dialog.tsx";
import { ServerPage } from "./server/server-page.tsx";
import { SettingsPage } from "./settings/settings-page.tsx";
import { NextSteps } from "./welcome/next-steps.tsx";
import { Welcome } from "./welcome/welcome.tsx";
import { WhatsNew } from "./welcome/whats-new.tsx";
import styles from "./app.module.css";

/** The frame with the page for each address. */
export function App({ studio }: { studio: Studio }) {
  return (
    <StudioProvider value={studio}>
      <QueryClientProvider client={studio.cache}>
        <Frame>
          <Switch>
            <Route path="/generate" component={Start} />
            <Route path="/gallery/:id?" component={GalleryPage} />
            <Route path="/models" component={ModelsPage} />
            <Route path="/buckets" component={BucketsPage} />
            <Route path="/deploy" component={DeployPage} />
            <Route path="/endpoints" component={EndpointsPage} />
            <Route path="/server" component={ServerPage} />
            <Route path="/settings" component={SettingsPage} />
            <Route>
              <Redirect to="/generate" replace />
            </Route>
          </Switch>
          <ElsewhereDialog />
          <WhatsNew />
        </Frame>
      </QueryClientProvider>
    </StudioProvider>
  );
}

/** The Generate page. Before the first picture it shows the first-start screen instead. */
function Start() {
  const { queries } = useStudio();
  const { data: settings, isPending } = useQuery(queries.settings.get.queryOptions());
  if (isPending) return null;
  if (settings?.isIntroduced === false) return <Welcome />;
  return (
    <div className={styles.start}>
      <NextSteps />
      <GeneratePage />
    </div>
  );
}
