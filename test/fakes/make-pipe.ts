import { execFileSync } from "node:child_process";

/** Makes a named pipe; opening it waits until the other end is opened. */
export function makePipe(path: string): void {
  execFileSync("/bin/sh", ["-c", 'mkfifo "$0"', path]);
}
