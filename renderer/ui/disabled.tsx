import { type ReactElement, useId } from "react";

export interface DisabledProps {
  /** Why the control is disabled; undefined if it is not, or if that is obvious. */
  readonly reason: string | undefined;
  /** The tooltip; by default the reason. */
  readonly title?: string;
  /** The control, which must pass these attributes on. */
  readonly children: (described: { readonly "aria-describedby"?: string }) => ReactElement;
}

/** Says why a control is disabled: as the browser's tooltip, because it takes no focus, and as its description. */
export function Disabled({ reason, title = reason, children }: DisabledProps) {
  const id = useId();
  if (reason === undefined) return children({});
  return (
    <span style={{ display: "contents" }} title={title}>
      {children({ "aria-describedby": id })}
      <span id={id} hidden>
        {reason}
      </span>
    </span>
  );
}
