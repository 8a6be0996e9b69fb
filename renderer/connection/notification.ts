import { desktop } from "./desktop.ts";

/** Whether notifications can be shown: `insecure` where the page's address forbids even to ask. */
export type NotificationAccess = "granted" | "default" | "denied" | "insecure";

export function notificationAccess(): NotificationAccess {
  if (desktop !== undefined) return "granted";
  if (!("Notification" in globalThis) || !isSecureContext) return "insecure";
  return Notification.permission;
}

/** Asks the person, which a browser allows only while something is pressed. */
export async function askForNotifications(): Promise<NotificationAccess> {
  if (notificationAccess() !== "default") return notificationAccess();
  return Notification.requestPermission();
}

/** Longer words than these no system shows. */
const MAX_BODY = 200;

/** One notification at a time: a newer one takes its place, from whichever tab it comes. */
const TAG = "darkroom";

/** Shows a notification, by the desktop or by a browser that allows it; a click leads to the page. */
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
    // A phone's browser lets only service workers notify.
  }
}
