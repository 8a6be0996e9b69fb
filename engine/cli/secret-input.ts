import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { text } from "node:stream/consumers";
import { StudioError } from "../contract/errors.ts";
import type { StudioClient } from "../contract/studio-client.ts";
import { systemCode } from "../files/system-error.ts";
import { note } from "./outcome.ts";

/**
 * A file's content, or the standard input for `-`. Every program on the machine can see arguments, so secrets are
 * passed this way.
 */
export async function textOf(path: string, what: string): Promise<string> {
  if (path === "-") {
    if (process.stdin.isTTY) note(`Paste the ${what}, then press Enter and Ctrl+D.`);
    return text(process.stdin);
  }
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const reason = systemCode(error) ?? "unreadable";
    const details = { field: `The ${what}'s file`, value: path, reason };
    throw new StudioError("REQUEST_INVALID", details, { cause: error });
  }
}

/** Asks for several values without showing what is typed. Without a terminal, each is a line of the standard input. */
export async function askHidden(questions: readonly string[]): Promise<string[]> {
  if (!process.stdin.isTTY) {
    const lines = (await text(process.stdin)).split(/\r?\n/);
    return questions.map((_, i) => (lines[i] ?? "").trim());
  }
  const output = new Writable({ write: (_chunk, _encoding, done) => done() });
  const input = createInterface({ input: process.stdin, output, terminal: true });
  input.on("SIGINT", () => process.kill(process.pid, "SIGINT"));
  try {
    const answers: string[] = [];
    for (const question of questions) {
      process.stderr.write(`${question} (not shown): `);
      answers.push((await input.question("")).trim());
      process.stderr.write("\n");
    }
    return answers;
  } finally {
    input.close();
  }
}

/** Says where secrets are stored unencrypted, protected only by the file's permissions. */
export async function noteVault(
  { secrets }: Pick<StudioClient, "secrets">,
  what: string,
): Promise<void> {
  const [status] = await secrets.status();
  if (status?.vault !== "file") return;
  note(
    `${what} kept unencrypted, in a file that only you can read (secrets.json in the data folder): there is no keyring to use.`,
  );
}
