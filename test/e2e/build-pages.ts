import { execFileSync } from "node:child_process";

/** The pages and the window's scripts as they are shipped. */
export default function buildPages(): void {
  execFileSync("npm", ["run", "-s", "build"], { stdio: ["ignore", "ignore", "inherit"] });
}
