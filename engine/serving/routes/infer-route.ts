import { readInferRequest } from "../../kserve/server/infer-request.ts";
import { seedReply } from "../../kserve/server/picture-reply.ts";
import { wantedPicture } from "../../kserve/server/wanted-picture.ts";
import { allPictures, ofOneSize } from "./draw-pictures.ts";
import { readOrder, replyTo } from "./read-order.ts";
import type { Handler } from "./route.ts";
import { isSeedReply, type SharedParts } from "./route-parts.ts";
import { sendMessage } from "./send-message.ts";

/** What the seed's handler takes in of a request besides the prompt. */
const NOTHING = { outputs: [], parameters: new Map() };

/** `POST /v2/models/{m}[/versions/{v}]/infer`. */
export function inferRoute(parts: SharedParts): Handler {
  return async (request, reply) => {
    const isSeed = isSeedReply(parts, parts.callerOf(request));
    const order = await readOrder(parts, { request, reply }, (body) => {
      const message = readInferRequest(body);
      return { request: message, wanted: wantedPicture(isSeed ? NOTHING : message) };
    });
    const drawn = await allPictures(parts.admission, order);
    const answer = isSeed ? seedReply(ofOneSize(drawn.pictures)) : replyTo(order, drawn);
    return sendMessage(request, reply, answer);
  };
}
