// oxlint-disable-next-line import/no-unassigned-import -- it is there for what it does, and first
import "./page-policy.ts";
import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";
import type { StudioClient } from "../engine/contract/studio-client.ts";
import { connectToStudio } from "./connection/client.ts";
import { desktop } from "./connection/desktop.ts";
import { openSession } from "./connection/session.ts";
import { createStudio } from "./connection/studio.tsx";
import { showLastTheme } from "./frame/theme.ts";
import { fieldLabel } from "./words/field-label.ts";
import { loadWords } from "./words/words.ts";

/** Connects to the studio behind the page; on the dev server, `?fake=few` shows the pages without one. */
async function connect(): Promise<StudioClient> {
  if (import.meta.env.DEV) {
    const { fakeClient } = await import("../test/fakes/fake-studio.ts");
    const fake = fakeClient(location.search);
    if (fake) return fake;
  }
  if (desktop) return connectToStudio(undefined, fieldLabel);
  return connectToStudio(
    await openSession({
      storage: localStorage,
      fetch: (...request) => fetch(...request),
      hash: location.hash,
      forgetHash: () => history.replaceState(null, "", location.pathname + location.search),
    }),
    fieldLabel,
  );
}

showLastTheme();
const root = document.getElementById("root");
if (root === null) throw new Error("the page lacks its root");
const [client] = await Promise.all([connect(), loadWords()]);
createRoot(root).render(<App studio={createStudio(client)} />);
