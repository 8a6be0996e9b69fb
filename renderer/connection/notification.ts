import { desktop } from "./desktop.ts";

/** Whether notifications can be shown: `insecure` if the page's address does not even allow asking. */
export type NotificationAccess = "granted" | "default" | "denied" | "insecure";

export function notificationAccess(): NotificationAccess {
  if (desktop !== undefined) return "granted";
  if (!("Notification" in globalThis) || !isSecureContext) return "insecure";
  return Notification.permission;
}

/** Asks for permission. A browser allows that only while handling a press. */
export async function askForNotifications(): Promise<NotificationAccess> {
  if (notificationAccess() !== "default") return notificationAccess();
  return Notification.requestPermission();
}

/** No system shows longer texts. */
const MAX_BODY = 200;

/** One notification at a time: a newer one replaces it, from any tab. */
const TAG = "darkroom";

/** Shows a notification on the desktop or in a browser that allows it; a click opens the page. */
export function sendNotification(title: string, text: string): void {
  const body = text.slice(0, MAX_BODY);
  if (desktop !== undefined) return void desktop.notify(title, body);
  if (notificationAccess() !== "granted") return;
  try {
    const shown = new Notification(title, { body, tag: TAG, icon: "/icon-idle.svg", silent: true });
    shown.addEventListener("click", () => {
      globalThis.focus();
      shown.close();
    });
  } catch {
    // Mobile browsers let only service workers show notifications.
  }
}
