import { folderOf } from "../browser/rows.ts";

/** What a key's last part is called as a file: what some system does not allow becomes an underscore. */
export function fileNameOf(key: string): string {
  const name = key.slice(folderOf(key).length).replace(/(?<=.)\/$/, "");
  const allowed = name.replaceAll(/[\p{Cc}<>:"/\\|?*]/gu, "_").replace(/[. ]+$/, "_");
  return allowed === "" ? "_" : allowed;
}
