import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { _electron, type ElectronApplication, type Page } from "@playwright/test";

const ROOT = join(import.meta.dirname, "..", "..");
const ELECTRON = join(ROOT, "node_modules", "electron");

/** Why no window can be opened here; undefined if one can. Tests download nothing for it. */
export const windowObstacle = obstacle();

function obstacle(): string | undefined {
  if (!existsSync(join(ELECTRON, "path.txt"))) return "Electron's program is not here";
  const { platform, env } = process;
  const needsDisplay = platform !== "darwin" && platform !== "win32";
  const hasDisplay = (env["DISPLAY"] ?? env["WAYLAND_DISPLAY"] ?? "") !== "";
  return needsDisplay && !hasDisplay ? "there is no display" : undefined;
}

/** The studio in its own window. */
export interface WindowUnderTest {
  readonly app: ElectronApplication;
  readonly page: Page;
  /** Ends the host; the window starts it again. */
  readonly restart: (signal?: "SIGTERM" | "SIGKILL") => Promise<void>;
  readonly close: () => Promise<void>;
}

export interface WindowStart {
  readonly dataFolder: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Opens the window of a checkout, with its own data folder. */
export async function openWindow({ dataFolder, env }: WindowStart): Promise<WindowUnderTest> {
  // Chromium's sandbox does not work for root, which often runs the tests.
  const sandbox = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  const app = await _electron.launch({
    executablePath: join(ELECTRON, "dist", readFileSync(join(ELECTRON, "path.txt"), "utf8").trim()),
    args: [...sandbox, ROOT, "--data-dir", dataFolder, "--port", "0", "--endpoint-port", "0"],
    cwd: ROOT,
    env: { ...process.env, DARKROOM_DEVICE: "cpu", ...env },
  });
  const page = await app.firstWindow();
  await page.setViewportSize({ width: 1440, height: 900 });
  return {
    app,
    page,
    restart: async (signal = "SIGTERM") => {
      const former = hostPid(dataFolder);
      if (former !== undefined) process.kill(former, signal);
      for (;;) {
        const pid = hostPid(dataFolder);
        if (pid !== undefined && pid !== former) return;
        await wait(50);
      }
    },
    close: async () => {
      // Otherwise the window would ask about unfinished work, and no user is there to answer.
      await app.evaluate(({ dialog }) => {
        dialog.showMessageBox = async () => ({ response: 0, checkboxChecked: false });
      });
      await app.close();
    },
  };
}

function hostPid(dataFolder: string): number | undefined {
  const path = join(dataFolder, "owner.json");
  const found = existsSync(path) ? /"pid":\s*(\d+)/.exec(readFileSync(path, "utf8")) : null;
  return found === null ? undefined : Number(found[1]);
}
