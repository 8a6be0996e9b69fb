import { QueryClientProvider } from "@tanstack/react-query";
import { Redirect, Route, Switch } from "wouter";
import { type Studio, StudioProvider } from "./connection/studio.tsx";
import { Frame } from "./frame/frame.tsx";
import { GalleryPage } from "./gallery/gallery-page.tsx";
import { GeneratePage } from "./generate/generate-page.tsx";
import { ModelsPage } from "./models/models-page.tsx";
import { SettingsPage } from "./settings/settings-page.tsx";

/** The pages by their addresses, in their frame. */
export function App({ studio }: { studio: Studio }) {
  return (
    <StudioProvider value={studio}>
      <QueryClientProvider client={studio.cache}>
        <Frame>
          <Switch>
            <Route path="/generate" component={GeneratePage} />
            <Route path="/gallery/:id?" component={GalleryPage} />
            <Route path="/models" component={ModelsPage} />
            <Route path="/settings" component={SettingsPage} />
            <Route>
              <Redirect to="/generate" replace />
            </Route>
          </Switch>
        </Frame>
      </QueryClientProvider>
    </StudioProvider>
  );
}
