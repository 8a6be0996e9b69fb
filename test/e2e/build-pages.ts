import { execFileSync } from "node:child_process";
import { windowObstacle } from "./desktop-window.ts";

/** Builds the pages and the window's scripts as they are shipped. */
export default function buildPages(): void {
  if (windowObstacle !== undefined) console.log(`Skipped in a window: ${windowObstacle}.`);
  execFileSync("npm", ["run", "-s", "build"], { stdio: ["ignore", "ignore", "inherit"] });
}
