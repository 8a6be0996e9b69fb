import type { z } from "zod";
import { isPicture } from "../../codecs/picture-codec.ts";
import { reasonOf } from "../../contract/invalid-input.ts";
import { fromBase64 } from "../../kserve/wire/base64.ts";
import { plainOf, shown, type Json } from "../../kserve/wire/json.ts";
import { isAbsent } from "../../kserve/wire/members.ts";
import { MessageFault } from "../../kserve/wire/message-fault.ts";

/** Members of a message by a schema; null counts as absent. Throws MessageFault that names the member. */
export function readMembers<T extends z.ZodType>(
  schema: T,
  members: ReadonlyMap<string, Json>,
): z.output<T> {
  const given = [...members].filter(([, value]) => !isAbsent(value));
  const { data, error } = schema.safeParse(plainOf(new Map(given)));
  if (error === undefined) return data;
  const [issue] = error.issues;
  const [name = "body", ...rest] = issue?.path ?? [];
  const field = [name, ...rest].join(".");
  const reason = reasonOf(issue);
  throw new MessageFault(field, rest.length > 0 ? "so" : shown(members.get(String(name))), reason);
}

const DATA_ADDRESS = /^data:image\/[a-z+.-]{1,20};base64,/i;

/** A picture file in base64, plain or as a `data:` address. Throws MessageFault. */
export function readPicture(text: string, field: string): Uint8Array {
  if (/^https?:/i.test(text)) {
    throw new MessageFault(field, "an address", "nothing is downloaded; send the picture itself");
  }
  const bytes = fromBase64(text.replace(DATA_ADDRESS, ""));
  if (bytes === undefined) throw new MessageFault(field, shown(text), "it is not base64");
  return pictureIn(bytes, field);
}

/** The same from a file's bytes. */
export function pictureIn(bytes: Uint8Array, field: string): Uint8Array {
  if (isPicture(bytes)) return bytes;
  throw new MessageFault(field, `${bytes.length} bytes`, "it is neither PNG nor JPEG nor WebP");
}
