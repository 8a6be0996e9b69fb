import { refusal, shown, type ArchiveName } from "./refusals.ts";

/** Linux limits a name to 255 bytes and a path to 4,096; a model's longest path has about 70. */
const MAX_BYTES = 512;
/** Names that Windows reserves for devices, with any extension. */
const DEVICES = /^(con|prn|aux|nul|conin\$|conout\$|com[\d¹²³]|lpt[\d¹²³])\s*(\.|:|$)/i;

/**
 * A member's name as a path with forward slashes; a folder's ends in one. Backslashes, as in archives made on Windows,
 * count as slashes. Refuses as ARCHIVE_UNSAFE a name that some system would unpack outside the target folder or under
 * another name: `..`, absolute paths, drives, streams (`:`), devices, control and bidirectional characters.
 */
export function memberPath(name: string, file: ArchiveName): string {
  const path = name.replaceAll("\\", "/");
  const fault = faultOf(path);
  if (fault === undefined) return path;
  throw refusal("ARCHIVE_UNSAFE", file, `its member ${quoted(name)} ${fault}`);
}

function quoted(name: string): string {
  return name === "" ? "without a name" : shown(name);
}

function faultOf(path: string): string | undefined {
  if (path === "") return "cannot be placed";
  if (new TextEncoder().encode(path).length > MAX_BYTES) {
    return `has a name of more than ${MAX_BYTES} bytes`;
  }
  // Control characters, lone surrogates, and characters that change the text's direction.
  if (/[\p{Cc}\p{Cs}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/u.test(path)) {
    return "has control characters in its name";
  }
  if (path.startsWith("/")) return "has an absolute path";
  if (/^[A-Za-z]:/.test(path)) return "names a drive";
  const parts = path.replace(/\/$/, "").split("/");
  if (parts.includes("..")) return "leads out of its folder";
  if (parts.some((part) => part === "" || part === "."))
    return "has a step without a name in its path";
  if (/[<>:"|?*]/.test(path)) return "has a character that Windows does not allow";
  if (parts.some((part) => DEVICES.test(part))) return "has a name that Windows keeps for a device";
  if (parts.some((part) => /[. ]$/.test(part)))
    return "ends in a dot or a space, which Windows drops";
  return undefined;
}
