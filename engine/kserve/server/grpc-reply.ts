import { type ByteSource, bytes, join, text } from "../wire/encoded-message.ts";
import { MessageFault } from "../wire/message-fault.ts";
import {
  boolField,
  doubleField,
  field,
  integerField,
  packedBytes,
  packedField,
  textField,
} from "../wire/protobuf.ts";
import type { Parameters, ParameterValue } from "../wire/wire-tensor.ts";
import { type DrawnPictures, filesBytes } from "./picture-data.ts";
import { pictureTensor, type ReplyHead, replyParameters } from "./picture-reply.ts";
import { pixelsOf, type PictureRequest } from "./picture-request.ts";
import type { WantedPicture } from "./wanted-picture.ts";

/** An output of a reply: its elements as raw bytes, or in the list for their datatype. */
interface GrpcOutput {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly number[];
  readonly parameters: Parameters;
  readonly raw?: ByteSource;
  /** An InferTensorContents. */
  readonly contents?: ByteSource;
}

interface GrpcResponse {
  readonly modelName: string;
  readonly modelVersion?: string | undefined;
  readonly id: string;
  readonly parameters: Parameters;
  readonly outputs: readonly GrpcOutput[];
}

/** Triton's name of the parameter that marks the last message of a request. */
const IS_FINAL = "triton_final_response";

/** The pictures of a request as a ModelInferResponse; `isLast` says that other messages preceded it. */
export function grpcPictureReply(
  head: ReplyHead,
  drawn: DrawnPictures,
  { wanted, isLast }: { readonly wanted: WantedPicture; readonly isLast: boolean },
): ByteSource {
  const { name, datatype, shape, parameters, data } = pictureTensor(drawn, {
    ...wanted,
    isBinary: true,
  });
  const content = wanted.isBinary ? { raw: data } : { contents: contentsOf(drawn, wanted, data) };
  const { modelName, modelVersion, id } = head;
  return inferResponse({
    modelName,
    modelVersion,
    id,
    parameters: new Map([...replyParameters(head), ...(isLast ? [[IS_FINAL, true] as const] : [])]),
    outputs: [{ name, datatype, shape, parameters: parameters ?? new Map(), ...content }],
  });
}

/** Field numbers in InferTensorContents. */
const UINTS = 4;
const FLOATS = 6;
const ELEMENTS = 8;

function contentsOf(drawn: DrawnPictures, wanted: WantedPicture, data: ByteSource): ByteSource {
  if (wanted.format !== "raw") {
    return join(drawn.pictures.map((picture) => field(ELEMENTS, bytes(picture))));
  }
  if (wanted.datatype === "FP32") return field(FLOATS, data);
  // A list may be encoded in several parts.
  return join(drawn.pictures.map((picture) => packedBytes(UINTS, picture)));
}

/** The progress of a request. */
export interface GrpcProgress {
  readonly modelName: string;
  readonly id: string;
  /** Steps finished, and their total, over all pictures of the request. */
  readonly step: number;
  readonly of: number;
  /** The picture so far: a small PNG. */
  readonly preview?: Uint8Array | undefined;
}

/** A ModelInferResponse after a step: with no picture, but with a preview if there is one. */
export function grpcProgress({ modelName, id, step, of, preview }: GrpcProgress): ByteSource {
  const outputs = preview === undefined ? [] : [previewOutput(preview)];
  const parameters = new Map<string, ParameterValue>([
    ["step", BigInt(step)],
    ["of", BigInt(of)],
    [IS_FINAL, false],
  ]);
  return inferResponse({ modelName, id, parameters, outputs });
}

function previewOutput(preview: Uint8Array): GrpcOutput {
  return {
    name: "preview",
    datatype: "BYTES",
    shape: [1],
    parameters: new Map([["format", "png"]]),
    raw: filesBytes({ width: 0, height: 0, pictures: [preview] }),
  };
}

/** Wraps a ModelInferResponse in a ModelStreamInferResponse. */
export function streamed(response: ByteSource): ByteSource {
  return field(2, response);
}

/** A ModelStreamInferResponse with an error. */
export function streamedError(
  sentence: string,
  { id, modelName }: Pick<GrpcResponse, "id" | "modelName">,
) {
  const parameters = new Map([[IS_FINAL, true]]);
  const response = inferResponse({ modelName, id, parameters, outputs: [] });
  return join([textField(1, sentence), streamed(response)]);
}

function inferResponse(response: GrpcResponse): ByteSource {
  const { modelName, modelVersion = "", id, parameters, outputs } = response;
  const raws = outputs.flatMap(({ raw }) => (raw === undefined ? [] : [raw]));
  return join([
    textField(1, modelName),
    textField(2, modelVersion),
    textField(3, id),
    ...parameterFields(4, parameters),
    ...outputs.map((output) => field(5, outputTensor(output))),
    ...raws.map((raw) => field(6, raw)),
  ]);
}

function outputTensor({ name, datatype, shape, parameters, contents }: GrpcOutput): ByteSource {
  return join([
    textField(1, name),
    textField(2, datatype),
    packedField(3, shape),
    ...parameterFields(4, parameters),
    ...(contents === undefined ? [] : [field(5, contents)]),
  ]);
}

/** A map is encoded as a list of entries, each with a key and a value. */
function parameterFields(number: number, parameters: Parameters): readonly ByteSource[] {
  return [...parameters].map(([name, value]) =>
    field(number, join([textField(1, name), field(2, inferParameter(value))])),
  );
}

function inferParameter(value: ParameterValue): ByteSource {
  if (typeof value === "boolean") return boolField(1, value);
  if (typeof value === "bigint") return integerField(2, value);
  // Not textField: members of a oneof are encoded even if they are empty.
  return typeof value === "string" ? field(3, text(value)) : doubleField(4, value);
}

/** Maximum size of a reply, which is one message in memory; a request can ask for at most 201 MB of pixels. */
const MAX_REPLY_BYTES = 1 << 28;

const CHANNELS = 3;

/** Refuses pictures whose reply would be too large, before they are drawn. Throws MessageFault. */
export function refuseLargeReply(request: PictureRequest, wanted: WantedPicture): void {
  const size = pixelsOf([request]) * CHANNELS * bytesOfChannel(wanted);
  if (size <= MAX_REPLY_BYTES) return;
  const value = `of ${size >> 20} MiB`;
  const reason = `the limit is ${MAX_REPLY_BYTES >> 20} MiB; ask for fewer pictures, or for format png`;
  throw new MessageFault("A reply", value, reason);
}

function bytesOfChannel(wanted: WantedPicture): number {
  if (wanted.format !== "raw") return 1;
  if (wanted.datatype === "FP32") return 4;
  return wanted.datatype === "FP16" || !wanted.isBinary ? 2 : 1;
}
