import { folderOf } from "../browser/rows.ts";

/** The file name for a key's last part: characters that some operating system forbids become underscores. */
export function fileNameOf(key: string): string {
  const name = key.slice(folderOf(key).length).replace(/(?<=.)\/$/, "");
  const allowed = name.replaceAll(/[\p{Cc}<>:"/\\|?*]/gu, "_").replace(/[. ]+$/, "_");
  return allowed === "" ? "_" : allowed;
}
