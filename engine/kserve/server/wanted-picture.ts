import type { InferRequest, RequestedOutput } from "./infer-request.ts";
import { shown } from "../wire/json.ts";
import { truthOf } from "../wire/members.ts";
import { asRequest, MessageFault, quote } from "../wire/message-fault.ts";
import { PICTURE_OUTPUT } from "./picture-inputs.ts";
import type { Parameters } from "../wire/wire-tensor.ts";

/** The formats of pictures in a reply: pixels, or files. */
export const PICTURE_FORMATS = ["raw", "png", "jpeg", "webp"] as const;
export type PictureFormat = (typeof PICTURE_FORMATS)[number];

/** The datatypes of pixels: bytes, or shares of 1. */
const PIXEL_DATATYPES = ["UINT8", "FP16", "FP32"] as const;

/** The format that a client wants. */
export type WantedPicture =
  | {
      readonly format: "raw";
      readonly datatype: (typeof PIXEL_DATATYPES)[number];
      /** Whether JSON is a flat list rather than nested ones. */
      readonly isFlat: boolean;
      readonly isBinary: boolean;
    }
  | { readonly format: Exclude<PictureFormat, "raw">; readonly isBinary: boolean };

/** The format of the request's output. Throws REQUEST_INVALID. */
export function wantedPicture({
  outputs,
  parameters,
}: Pick<InferRequest, "outputs" | "parameters">): WantedPicture {
  return asRequest(() => {
    const stranger = outputs.find(({ name }) => name !== PICTURE_OUTPUT.name);
    if (stranger !== undefined) {
      const reason = `the only output is ${PICTURE_OUTPUT.name}`;
      throw new MessageFault("An output's name", quote(stranger.name), reason);
    }
    const isAllBinary = truthOf(parameters, "binary_data_output", "parameters");
    return byOutput(outputs[0], isAllBinary);
  });
}

function byOutput(
  output: RequestedOutput | undefined,
  isAllBinary: boolean | undefined,
): WantedPicture {
  const field = "outputs[0].parameters";
  const parameters: Parameters = output?.parameters ?? new Map();
  const binary = truthOf(parameters, "binary_data", field) ?? isAllBinary;
  const isBinary = binary ?? false;
  // An explicit `binary_data: false` is Triton's dialect, whose clients read flat data only.
  const isFlat = truthOf(parameters, "flat", field) ?? binary === false;
  const format = readFormat(parameters, field) ?? "raw";
  const datatype = oneOf(PIXEL_DATATYPES, parameters, "datatype", field) ?? "UINT8";
  if (format !== "raw") {
    if (datatype === "UINT8") return { format, isBinary };
    throw new MessageFault(
      `${field}.datatype`,
      datatype,
      `${format} is a file; only raw has numbers`,
    );
  }
  if (datatype === "FP16" && !isBinary) {
    const reason = "JSON has no halves: ask for binary_data, or for FP32";
    throw new MessageFault(`${field}.datatype`, datatype, reason);
  }
  return { format, datatype, isFlat, isBinary };
}

/** The parameter `format`; undefined if absent. Throws MessageFault. */
export function readFormat(parameters: Parameters, field: string): PictureFormat | undefined {
  return oneOf(PICTURE_FORMATS, parameters, "format", field);
}

/** The option that a parameter selects, in upper or lower case. */
function oneOf<T extends string>(
  choices: readonly T[],
  parameters: Parameters,
  name: string,
  field: string,
): T | undefined {
  const value = parameters.get(name);
  if (value === undefined) return undefined;
  const word = String(value).toLowerCase();
  const choice = choices.find((choice) => choice.toLowerCase() === word);
  if (choice !== undefined) return choice;
  throw new MessageFault(`${field}.${name}`, shown(value), `it is one of ${choices.join(", ")}`);
}
