import styles from "./key-hint.module.css";

const isMac = /Mac|iPhone|iPad/.test(navigator.userAgent);

const SIGNS: Readonly<Record<string, string>> = {
  mod: isMac ? "⌘" : "Ctrl",
  shift: isMac ? "⇧" : "Shift",
  alt: isMac ? "⌥" : "Alt",
  ctrl: "Ctrl",
  enter: "Enter",
  escape: "Esc",
  delete: "Del",
  space: "Space",
  up: "↑",
  down: "↓",
  left: "←",
  right: "→",
};

/** One key as it is printed on this machine's keyboard. */
function sign(key: string): string {
  return SIGNS[key] ?? (key.length === 1 ? key.toUpperCase() : key);
}

/** A sign that needs Shift to be typed, `shift+?`, is known by itself. */
function parts(keys: string): readonly string[] {
  // Where two keys do the same, the first is told.
  const all = (keys.split(",")[0] ?? keys).split("+");
  const last = all.at(-1) ?? "";
  return /^[^\p{L}\p{N}]$/u.test(last) ? all.filter((key) => key !== "shift") : all;
}

/** Keys as the registry writes them, `mod+shift+x`, for people: `Ctrl Shift X`. */
export function KeyHint({ keys }: { keys: string }) {
  return (
    <span className={styles.keys}>
      {parts(keys).map((key) => (
        <kbd key={key} className={styles.key}>
          {sign(key)}
        </kbd>
      ))}
    </span>
  );
}
