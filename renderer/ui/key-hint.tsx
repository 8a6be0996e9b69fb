import styles from "./key-hint.module.css";

const isMac = /Mac|iPhone|iPad/.test(navigator.userAgent);

/** Labels that are not the name in the registry. */
const SIGNS: Readonly<Record<string, string>> = {
  mod: isMac ? "⌘" : "Ctrl",
  shift: isMac ? "⇧" : "Shift",
  alt: isMac ? "⌥" : "Alt",
  escape: "Esc",
  delete: "Del",
  up: "↑",
  down: "↓",
  left: "←",
  right: "→",
};

/** A key's label on this machine's keyboard; it starts with a capital. */
function sign(key: string): string {
  return SIGNS[key] ?? key.charAt(0).toUpperCase() + key.slice(1);
}

/** A character that needs Shift, as in `shift+?`, is shown without it. */
function parts(keys: string): readonly string[] {
  // Of two keys that do the same, the first is shown.
  const all = (keys.split(",")[0] ?? keys).split("+");
  const last = all.at(-1) ?? "";
  return /^[^\p{L}\p{N}]$/u.test(last) ? all.filter((key) => key !== "shift") : all;
}

/** Shows keys in the registry's notation, `mod+shift+x`, in readable form: `Ctrl Shift X`. */
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
