import { CircleAlert, X } from "lucide-react";
import {
  Button as AriaButton,
  Text,
  UNSTABLE_Toast as Toast,
  UNSTABLE_ToastContent as ToastContent,
  UNSTABLE_ToastRegion as AriaToastRegion,
} from "react-aria-components";
import { useWords } from "../words/words.ts";
import { Button } from "./button.tsx";
import button from "./button.module.css";
import { classNames } from "./class-names.ts";
import { Icon } from "./icon.tsx";
import styles from "./toast-region.module.css";
import { toastQueue } from "./toasts.ts";

/**
 * Puts the toasts into the dock, `--dock-start` and `--dock-width` at the window's end, if they fit. Keeps the region's
 * height in `--toasts`, so that dialogs end above it.
 */
function place(region: HTMLElement | null): (() => void) | undefined {
  if (region === null) return undefined;
  const { style } = document.documentElement;
  const fit = () => {
    region.toggleAttribute("data-docked", true);
    const { scrollWidth, clientWidth, scrollHeight, clientHeight } = region;
    region.toggleAttribute(
      "data-docked",
      scrollWidth <= clientWidth && scrollHeight <= clientHeight,
    );
    style.setProperty("--toasts", `${region.offsetHeight}px`);
  };
  const resizing = new ResizeObserver(fit);
  resizing.observe(region);
  const changing = new MutationObserver(fit);
  changing.observe(region, { childList: true, subtree: true });
  return () => {
    resizing.disconnect();
    changing.disconnect();
    style.removeProperty("--toasts");
  };
}

/** The place for toasts; render it once, at the root of the page. */
export function ToastRegion() {
  const t = useWords("ui");
  return (
    <AriaToastRegion
      ref={place}
      queue={toastQueue}
      className={styles.region ?? ""}
      aria-label={t("notifications")}
    >
      {({ toast }) => {
        const { text, isFailure = false, code, actions = [] } = toast.content;
        return (
          <Toast toast={toast} className={styles.toast ?? ""}>
            {isFailure && <Icon of={CircleAlert} />}
            <ToastContent className={styles.content ?? ""}>
              <Text slot="title">{text}</Text>
              {code !== undefined && <code className={styles.code}>{code}</code>}
            </ToastContent>
            <div className={styles.buttons}>
              {actions.map(({ label, run }) => (
                <Button
                  key={label}
                  size="dense"
                  onPress={() => {
                    run();
                    toastQueue.close(toast.key);
                  }}
                >
                  {label}
                </Button>
              ))}
              <AriaButton
                slot="close"
                aria-label={t("dismiss")}
                className={classNames(button.button, button.dense, button.square)}
              >
                <Icon of={X} />
              </AriaButton>
            </div>
          </Toast>
        );
      }}
    </AriaToastRegion>
  );
}
