import { bytesFromValues } from "../wire/binary-tensor.ts";
import { dataJson } from "../wire/data-json.ts";
import {
  bytes,
  type EncodedMessage,
  encodeMessage,
  type Members,
  type OutgoingTensor,
  parametersJson,
  text,
} from "../wire/encoded-message.ts";
import type { InferRequest, RequestedOutput } from "../server/infer-request.ts";
import type { WireTensor } from "../wire/wire-tensor.ts";

/** The bytes of a request: all inputs as JSON, or all of them binary. */
export function encodeRequest(request: InferRequest, isBinary: boolean): EncodedMessage {
  const { id, parameters, outputs, inputs } = request;
  const members: Members = {
    ...(id === "" ? {} : { id: JSON.stringify(id) }),
    ...(parameters.size === 0 ? {} : { parameters: parametersJson(parameters) }),
    ...(outputs.length === 0 ? {} : { outputs: `[${outputs.map(outputJson).join(",")}]` }),
  };
  return encodeMessage(
    members,
    "inputs",
    inputs.map((input) => outgoing(input, isBinary)),
  );
}

function outgoing(tensor: WireTensor, isBinary: boolean): OutgoingTensor {
  const data = isBinary ? bytes(bytesFromValues(tensor)) : text(dataJson(tensor));
  return { ...tensor, isBinary, data };
}

function outputJson({ name, parameters }: RequestedOutput): string {
  const more = parameters.size === 0 ? "" : `,"parameters":${parametersJson(parameters)}`;
  return `{"name":${JSON.stringify(name)}${more}}`;
}
