import { shell, type Session, type WebContents } from "electron";

/** The studio's origin, and the bearer token for requests to it; both change with the host. */
export interface Connection {
  readonly origin: string;
  readonly token: string;
}
export type CurrentConnection = () => Connection | undefined;

/** Sites that links may open in the person's browser: where models and the programs come from. */
const LINKED_HOSTS: ReadonlySet<string> = new Set(["huggingface.co", "github.com"]);

/** Schemes of requests that leave the process; others (blob, data, devtools) do not. */
const NETWORK: ReadonlySet<string> = new Set(["http:", "https:", "ws:", "wss:", "ftp:", "file:"]);

/**
 * Restricts a session to the studio: no requests go anywhere else, requests to it carry the bearer token, and no
 * permission is granted except writing text to the clipboard, which needs a click.
 */
export function guardSession(session: Session, connection: CurrentConnection): void {
  session.webRequest.onBeforeRequest(({ url }, answer) => {
    answer({ cancel: leavesProcess(url) && !isOurs(url, connection()) });
  });
  session.webRequest.onBeforeSendHeaders(({ url, requestHeaders }, answer) => {
    const { Authorization: _, authorization: __, ...headers } = requestHeaders;
    const known = connection();
    const isBearer = known !== undefined && isOurs(url, known);
    answer({
      requestHeaders: isBearer ? { ...headers, Authorization: `Bearer ${known.token}` } : headers,
    });
  });
  session.setPermissionRequestHandler((_, permission, answer, { requestingUrl, isMainFrame }) => {
    answer(isMainFrame && isPermitted(permission, requestingUrl, connection()));
  });
  session.setPermissionCheckHandler(
    (_, permission, origin, { isMainFrame }) =>
      isMainFrame && isPermitted(permission, origin, connection()),
  );
  session.setDevicePermissionHandler(() => false);
  session.setDisplayMediaRequestHandler((_, answer) => answer(null));
}

/** Restricts a page: no navigation, no new windows, no webviews; known links open in the browser. */
export function guardContents(contents: WebContents): void {
  contents.on("will-attach-webview", (event) => event.preventDefault());
  contents.on("will-navigate", (event) => {
    if (event.url !== contents.getURL()) event.preventDefault();
  });
  contents.on("will-frame-navigate", (event) => {
    if (!event.isMainFrame) event.preventDefault();
  });
  contents.on("will-redirect", (event) => event.preventDefault());
  contents.setWindowOpenHandler(({ url }) => {
    if (isLinked(url)) openOutside(url);
    return { action: "deny" };
  });
}

/** Opens an address in the person's browser; does nothing if there is none. */
export function openOutside(url: string): void {
  shell.openExternal(url).catch(() => undefined);
}

/** Whether a link may open in the browser: https to a known site, without user info and port. */
export function isLinked(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, host, username, password } = new URL(address);
  return protocol === "https:" && LINKED_HOSTS.has(host) && username === "" && password === "";
}

function leavesProcess(address: string): boolean {
  return !URL.canParse(address) || NETWORK.has(new URL(address).protocol);
}

function isOurs(address: string, connection: Connection | undefined): boolean {
  return (
    connection !== undefined &&
    URL.canParse(address) &&
    new URL(address).origin === connection.origin
  );
}

function isPermitted(
  permission: string,
  address: string,
  connection: Connection | undefined,
): boolean {
  return permission === "clipboard-sanitized-write" && isOurs(address, connection);
}
