import { useMemo } from "react";
import { useSearchParams } from "wouter";
import type { ConnectionField } from "../state/connections.ts";

const FIELDS: readonly ConnectionField[] = [
  "accessKey",
  "secretKey",
  "endpoint",
  "region",
  "bucket",
  "pathStyle",
  "ca",
];

/** A folder in a bucket; `bucket` is absent if the connection has one of its own. */
export interface BucketFolderPlace {
  readonly connectionId: string;
  readonly bucket?: string | undefined;
  readonly prefix: string;
}

/**
 * What the page shows, from its address: `?at=ID&bucket=NAME&prefix=FOLDER`, with `&incomplete` for incomplete uploads;
 * `?add`, or `?edit=ID&field=region`, for the form, with `&publish=MODEL` if a model is to be published afterwards.
 */
export interface BucketAddress {
  readonly at: string | undefined;
  readonly bucket: string | undefined;
  readonly prefix: string;
  readonly isIncomplete: boolean;
  readonly isAdding: boolean;
  readonly editedId: string | undefined;
  readonly field: ConnectionField | undefined;
  /** The model to publish once there is a connection. */
  readonly publishedModel: string | undefined;
  readonly open: (place: BucketFolderPlace) => void;
  readonly showIncomplete: (isShown: boolean) => void;
  readonly add: () => void;
  readonly edit: (id: string, field?: ConnectionField) => void;
  /** Closes the form and stays in the folder. */
  readonly close: () => void;
}

const FORM = ["add", "edit", "field", "publish"];
const OWN = ["at", "bucket", "prefix", "incomplete", ...FORM];

type Parts = Readonly<Record<string, string | undefined>>;

export function useBucketAddress(): BucketAddress {
  const [address, setAddress] = useSearchParams();
  return useMemo(() => {
    const field = address.get("field");
    const without = (names: readonly string[], more: Parts) => {
      // Keeps the address's other parameters, for example a scene of the dev server.
      const next = new URLSearchParams([...address].filter(([name]) => !names.includes(name)));
      for (const [name, value] of Object.entries(more))
        if (value !== undefined) next.set(name, value);
      setAddress(next);
    };
    return {
      at: address.get("at") ?? undefined,
      bucket: address.get("bucket") ?? undefined,
      prefix: address.get("prefix") ?? "",
      isIncomplete: address.has("incomplete"),
      isAdding: address.has("add"),
      editedId: address.get("edit") ?? undefined,
      field: FIELDS.find((one) => one === field),
      publishedModel: address.get("publish") ?? undefined,
      open: ({ connectionId, bucket, prefix }) =>
        without(OWN, { at: connectionId, bucket, prefix: prefix === "" ? undefined : prefix }),
      showIncomplete: (isShown) =>
        without(["incomplete", ...FORM], { incomplete: isShown ? "" : undefined }),
      add: () => without(FORM, { add: "" }),
      // Reached after a failed test; the model is still to be published.
      edit: (id, place) => without(["add", "edit", "field"], { edit: id, field: place }),
      close: () => without(FORM, {}),
    };
  }, [address, setAddress]);
}
