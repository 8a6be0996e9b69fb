import { serverChangeSchema } from "../../../engine/contract/server.ts";

/** What was typed, without what a person adds in passing. */
export function linesOf(typed: string): string[] {
  return typed
    .split(/[\n,]/)
    .map((line) => line.trim().replace(/\/$/, ""))
    .filter((line) => line !== "");
}

/** The first line that the contract does not take; undefined where it takes all. */
export function wrongLine(
  name: "hostNames" | "origins",
  lines: readonly string[],
): string | undefined {
  const { error } = serverChangeSchema.safeParse({ [name]: lines });
  const [, index] = error?.issues[0]?.path ?? [];
  if (error === undefined) return undefined;
  return typeof index === "number" ? lines[index] : String(lines.length);
}
