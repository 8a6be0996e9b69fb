import type { Order } from "../../contract/order.ts";
import { samplerNames } from "../../image/sampler-names.ts";
import { type EndpointReply, REPLY_LIMITS } from "../../kserve/client/endpoint-reply.ts";
import { PICTURE_INPUTS } from "../../kserve/server/picture-inputs.ts";
import { readMessage } from "../../kserve/wire/framing.ts";
import { asName } from "../../kserve/wire/members.ts";
import type { EndpointAddress } from "../endpoint-address.ts";
import type { Receiver } from "../sent-order.ts";
import { jsonMessage, jsonObject, type ListedModels, lookAtList } from "./json-settings.ts";
import type { PictureAsk, RemoteKind } from "./remote-kind.ts";

/** The API of AUTOMATIC1111's web UI, which Forge, SD.Next and Draw Things also have. */
export const A1111: RemoteKind = {
  ask,
  look: (checking) => lookAtList(checking, "/sdapi/v1/options", listed),
  probe: (_model, { basePath }) => ({ path: `${basePath}/sdapi/v1/options` }),
};

function ask(order: Order, receiver: Receiver, { basePath }: EndpointAddress): PictureAsk {
  const settings = receiver.profile === "prompt" ? {} : settingsOf(order);
  return {
    path: `${basePath}/sdapi/v1/txt2img`,
    message: jsonMessage(
      jsonObject({ prompt: order.prompt, batch_size: 1, n_iter: 1, ...settings }),
    ),
  };
}

function settingsOf(order: Order) {
  const { negativePrompt, steps, guidanceScale, seed, scheduler, width, height } = order;
  const isSized = order.isSizeOpen !== true;
  const names = scheduler === undefined ? undefined : samplerNames(scheduler);
  return {
    negative_prompt: negativePrompt === "" ? undefined : negativePrompt,
    steps,
    cfg_scale: guidanceScale,
    seed: seed === undefined ? undefined : BigInt(seed),
    width: isSized ? width : undefined,
    height: isSized ? height : undefined,
    sampler_name: names?.sampler,
    scheduler: names?.schedule,
  };
}

/** It draws with its loaded model, and takes all its settings. */
function listed({ body }: EndpointReply): ListedModels {
  const loaded = readMessage(body, REPLY_LIMITS).get("sd_model_checkpoint");
  const { prompt, negativePrompt, seed, steps } = PICTURE_INPUTS;
  const { guidanceScale, width, height, scheduler } = PICTURE_INPUTS;
  const taken = [prompt, negativePrompt, seed, steps, guidanceScale, width, height, scheduler];
  const isNamed = typeof loaded === "string" && loaded !== "";
  return {
    models: isNamed ? [asName(loaded, "sd_model_checkpoint")] : [],
    inputs: taken.map(({ name }) => name),
  };
}
