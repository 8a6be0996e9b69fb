import { refusalOf } from "./endpoint-refusal.ts";
import { GRPC_TYPE, readGrpcReply } from "./grpc-messages.ts";
import { type EndpointReply, MAX_REPLY_BYTES } from "./endpoint-reply.ts";
import { HEADER_LENGTH } from "../wire/framing.ts";
import { asReply, MessageFault } from "../wire/message-fault.ts";
import { picturesOf, type ReplyPicture } from "./output-pictures.ts";
import { pictureFile } from "./picture-file.ts";
import type { AskedSize } from "./picture-layout.ts";
import { readReplyMessage, type ReplyOutput } from "./reply-outputs.ts";
import type { ParameterValue } from "../wire/wire-tensor.ts";

/** The request, as far as it helps to understand the reply. */
export interface Asked extends AskedSize {
  /** The output's name, if the endpoint's settings give one. */
  readonly output?: string;
}

/** The pictures that an endpoint drew. */
export interface EndpointPictures {
  /** At least one. */
  readonly pictures: readonly ReplyPicture[];
  /** What the endpoint reports about them; our own reports seed, device and seconds. */
  readonly parameters: ReadonlyMap<string, ParameterValue>;
}

/**
 * The pictures in a reply. Names, datatypes and shapes are hints; the values decide. Throws ENDPOINT_REPLY_INVALID with
 * the reason, and the other ENDPOINT refusals.
 */
export function readPictures(reply: EndpointReply, asked: Asked): EndpointPictures {
  const refusal = refusalOf(reply);
  if (refusal !== undefined) throw refusal;
  return asReply(() => {
    const { body, headers } = reply;
    if (body.length > MAX_REPLY_BYTES) {
      throw new MessageFault(
        "The body",
        `of ${body.length} bytes`,
        `the limit is ${MAX_REPLY_BYTES}`,
        "size",
      );
    }
    if (headers["content-type"] === GRPC_TYPE) {
      const { outputs, parameters } = readGrpcReply(body);
      return { pictures: choose(outputs, asked), parameters };
    }
    const file = pictureFile(body);
    if (file !== undefined) return { pictures: [file], parameters: new Map() };
    const message = readReplyMessage({ bytes: body, headerLength: headers[HEADER_LENGTH] });
    return { pictures: choose(message.outputs, asked), parameters: message.parameters };
  });
}

/** Output names of picture models, most likely first. */
const NAMES = ["image", "images", "generated_image", "output0", "output"];

/** The pictures of the requested or most likely output; throws its problem if none contains any. */
function choose(outputs: readonly ReplyOutput[], asked: Asked): readonly ReplyPicture[] {
  const names = asked.output === undefined ? NAMES : [asked.output, ...NAMES];
  const rank = ({ name }: ReplyOutput): number =>
    names.includes(name) ? names.indexOf(name) : names.length;
  const faults: MessageFault[] = [];
  for (const output of outputs.toSorted((a, b) => rank(a) - rank(b))) {
    try {
      const pictures = picturesOf(output, asked);
      if (pictures.length > 0) return pictures;
    } catch (error) {
      if (!(error instanceof MessageFault)) throw error;
      faults.push(error);
    }
  }
  throw faults[0] ?? new MessageFault("outputs", "read", "there is no picture in it");
}
