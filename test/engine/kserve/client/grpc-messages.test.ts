import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  grpcRequest,
  readGrpcReply,
  readGrpcTensors,
} from "../../../../engine/kserve/client/grpc-messages.ts";
import { askForPrompts } from "../../../../engine/kserve/client/request.ts";
import {
  bytes,
  type ByteSource,
  join,
  text,
} from "../../../../engine/kserve/wire/encoded-message.ts";
import { MessageFault } from "../../../../engine/kserve/wire/message-fault.ts";
import {
  field,
  integerField,
  packedBytes,
  packedField,
  textField,
} from "../../../../engine/kserve/wire/protobuf.ts";
import { packedNumbers, protoFields } from "../../../../engine/kserve/wire/protobuf-reader.ts";

const whole = ({ chunks }: ByteSource) => new Uint8Array(Buffer.concat([...chunks]));

const HEAD = [textField(1, "image"), textField(2, "UINT8"), packedField(3, [1, 1, 2, 3])];
const PIXELS = Uint8Array.of(0, 127, 128, 255, 1, 2);

test("pixels are read from raw contents and from a list of numbers", () => {
  const raw = join([field(5, join(HEAD)), field(6, bytes(PIXELS))]);
  const [output] = readGrpcReply(whole(raw)).outputs;
  expect(output).toMatchObject({ name: "image", datatype: "UINT8", shape: [1, 1, 2, 3] });
  expect(output?.content).toEqual({ kind: "binary", values: PIXELS });
  const listed = field(5, join([...HEAD, field(5, packedBytes(4, PIXELS))]));
  const [told] = readGrpcReply(whole(listed)).outputs;
  expect(told?.content).toEqual({ kind: "binary", values: Float64Array.from(PIXELS) });
});

test("declared inputs are read by name", () => {
  const tensor = (name: string) => join([textField(1, name), textField(2, "BYTES")]);
  const metadata = join([
    textField(1, "sd"),
    field(4, tensor("prompt")),
    field(5, tensor("image")),
  ]);
  expect(readGrpcTensors(whole(metadata))).toEqual({ inputs: ["prompt"], outputs: ["image"] });
  const batched = join([textField(1, "seed"), integerField(3, -1n), integerField(3, 1n)]);
  expect(readGrpcTensors(whole(join([metadata, field(4, batched)])))).toMatchObject({
    inputs: ["prompt", "seed"],
    ranks: [1, 2],
  });
});

test("a request is a ModelInferRequest followed by the prompt", () => {
  const request = whole(grpcRequest(askForPrompts("42", ["a dog"]), "sd", "1"));
  const fields = [...protoFields(request)].map(({ number, value }) => [
    number,
    value instanceof Uint8Array ? Buffer.from(value).toString("latin1") : value,
  ]);
  expect(fields).toEqual([
    [1, "sd"],
    [2, "1"],
    [3, "42"],
    [5, "\n\x06input0\x12\x05BYTES\x1a\x01\x01"],
    [7, "\x05\0\0\0a dog"],
  ]);
});

function reads(given: Uint8Array): boolean {
  try {
    readGrpcReply(given);
    readGrpcTensors(given);
    return true;
  } catch (error) {
    return error instanceof MessageFault;
  }
}

test("any bytes are read or refused as a message", () => {
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 20 }).map((some) => bytes(some)),
    fc.constantFrom(
      ...HEAD,
      field(5, join(HEAD)),
      field(6, bytes(PIXELS)),
      field(4, text("\n\x01a")),
    ),
  );
  const messages = fc.array(piece, { maxLength: 6 }).map((pieces) => whole(join(pieces)));
  fc.assert(
    fc.property(messages, (given) => reads(given)),
    { numRuns: 500 },
  );
  expect(() => packedNumbers(new Uint8Array(100), 99)).toThrow("more than 99 numbers");
});
