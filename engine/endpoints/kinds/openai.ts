import type { Order } from "../../contract/order.ts";
import { type EndpointReply, REPLY_LIMITS } from "../../kserve/client/endpoint-reply.ts";
import { PICTURE_INPUTS } from "../../kserve/server/picture-inputs.ts";
import { readMessage } from "../../kserve/wire/framing.ts";
import { asList, asName, asObject } from "../../kserve/wire/members.ts";
import type { EndpointAddress } from "../endpoint-address.ts";
import type { Receiver } from "../sent-order.ts";
import {
  jsonMessage,
  jsonObject,
  type ListedModels,
  lookAtList,
  settingsByInput,
} from "./json-settings.ts";
import type { PictureAsk, RemoteKind } from "./remote-kind.ts";

/** Image endpoints with OpenAI's API: vLLM, OVMS, LocalAI, and another Darkroom, which takes all settings. */
export const OPENAI: RemoteKind = {
  ask,
  look: (checking) => lookAtList(checking, "/v1/models", listed),
  probe: (_model, { basePath }) => ({ path: `${basePath}/v1/models` }),
};

function ask(order: Order, receiver: Receiver, { basePath }: EndpointAddress): PictureAsk {
  const { model, prompt, width, height, isSizeOpen } = order;
  const isOurs = receiver.check?.inputs.includes(PICTURE_INPUTS.steps.name) === true;
  const { width: _width, height: _height, ...settings } = settingsByInput(order);
  return {
    path: `${basePath}/v1/images/generations`,
    message: jsonMessage(
      jsonObject({
        model,
        prompt,
        n: 1,
        // OpenAI's newer models always return base64 and refuse this parameter; all others need it.
        response_format: model.startsWith("gpt-image") ? undefined : "b64_json",
        size: isSizeOpen === true ? undefined : `${width}x${height}`,
        ...(isOurs && receiver.profile === "full" && settings),
      }),
    ),
  };
}

const MAX_MODELS = 1000;
const SIZE = [PICTURE_INPUTS.width.name, PICTURE_INPUTS.height.name];

function listed(reply: EndpointReply): ListedModels {
  const message = readMessage(reply.body, REPLY_LIMITS);
  const data = asList(message.get("data"), MAX_MODELS, "data").map((entry, i) =>
    asObject(entry, `data[${i}]`),
  );
  const isOurs = data.some((entry) => entry.get("owned_by") === "darkroom");
  return {
    models: data.map((entry, i) => asName(entry.get("id"), `data[${i}].id`)),
    ...(isOurs && { server: "darkroom" }),
    inputs: isOurs
      ? Object.values(PICTURE_INPUTS).map(({ name }) => name)
      : [PICTURE_INPUTS.prompt.name, ...SIZE],
  };
}
