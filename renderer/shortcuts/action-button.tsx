import { IconButton } from "../ui/icon-button.tsx";
import type { Action } from "./registry.ts";

/** An action as an icon button; renders nothing if the action has no icon. */
export function ActionButton({ action }: { action: Action }) {
  const { icon, label, keys, isDisabled = false, reason } = action;
  if (icon === undefined) return null;
  return (
    <IconButton
      icon={icon}
      label={label}
      keys={keys}
      isDisabled={isDisabled}
      reason={reason}
      onPress={() => action.run()}
    />
  );
}
