/**
 * The subset of ONNX (onnx.proto, IR version 9) that a session needs, and its protobuf encoding. Written here rather
 * than taken from a library: it is five message types, and no library handles external data.
 */
export interface Program {
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly Initializer[];
}

export interface Port {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly number[];
}

export interface OnnxNode {
  readonly name: string;
  readonly operator: string;
  /** Absent for standard operators. */
  readonly domain?: "com.microsoft";
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

/** Whole numbers become ONNX ints. Floats are marked, since 1 could be either. */
export type Attribute =
  | number
  | readonly number[]
  | string
  | { readonly float: number }
  | { readonly body: Body };

/** A subgraph. It can read values of the outer graph; types and shapes follow from its inputs. */
export interface Body {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly nodes: readonly OnnxNode[];
}

export type Initializer = Port &
  (
    | { readonly bytes: Uint8Array }
    /** Bytes in a file: its path relative to the session's folder, and the range within it. */
    | { readonly location: string; readonly offset: number; readonly lengthBytes: number }
  );

/** TensorProto.DataType. */
export const ELEMENT = {
  float32: 1,
  int8: 3,
  int32: 6,
  int64: 7,
  float16: 10,
  bfloat16: 16,
} as const;
export type ElementType = keyof typeof ELEMENT;

const IR_VERSION = 9;
/** Opset 20 adds Gelu as a standard operator. */
const OPSETS = [
  { domain: "", version: 20 },
  { domain: "com.microsoft", version: 1 },
];

/** Encodes a program as a ModelProto. Weights stay in their files, so the result is a few hundred kilobytes. */
export function encodeModel(program: Program): Uint8Array {
  const model = new Message();
  model.int(1, IR_VERSION).text(2, "darkroom").message(7, graphProto(program));
  for (const { domain, version } of OPSETS)
    model.message(8, new Message().text(1, domain).int(2, version));
  return model.bytes();
}

function graphProto({ inputs, outputs, nodes, initializers }: Program): Message {
  const graph = new Message();
  for (const node of nodes) graph.message(1, nodeProto(node));
  graph.text(2, "network");
  for (const initializer of initializers) graph.message(5, tensorProto(initializer));
  for (const port of inputs) graph.message(11, valueInfoProto(port));
  for (const port of outputs) graph.message(12, valueInfoProto(port));
  return graph;
}

function bodyProto({ inputs, outputs, nodes }: Body): Message {
  const graph = new Message();
  for (const node of nodes) graph.message(1, nodeProto(node));
  graph.text(2, "body");
  for (const input of inputs) graph.message(11, new Message().text(1, input));
  for (const output of outputs) graph.message(12, new Message().text(1, output));
  return graph;
}

function nodeProto({ name, operator, domain, inputs, outputs, attributes }: OnnxNode): Message {
  const node = new Message();
  for (const input of inputs) node.text(1, input);
  for (const output of outputs) node.text(2, output);
  node.text(3, name).text(4, operator);
  for (const entry of Object.entries(attributes)) node.message(5, attributeProto(...entry));
  return domain === undefined ? node : node.text(7, domain);
}

function attributeProto(name: string, value: Attribute): Message {
  const attribute = new Message().text(1, name);
  if (typeof value === "number") return attribute.int(3, value).int(20, 2);
  if (typeof value === "string") return attribute.text(4, value).int(20, 3);
  if ("float" in value) return attribute.float(2, value.float).int(20, 1);
  if ("body" in value) return attribute.message(6, bodyProto(value.body)).int(20, 5);
  for (const item of value) attribute.int(8, item);
  return attribute.int(20, 7);
}

function tensorProto(initializer: Initializer): Message {
  const tensor = new Message();
  for (const dimension of initializer.shape) tensor.int(1, dimension);
  tensor.int(2, ELEMENT[initializer.type]).text(8, initializer.name);
  if ("bytes" in initializer) return tensor.raw(9, initializer.bytes);
  const { location, offset, lengthBytes } = initializer;
  for (const [key, value] of Object.entries({ location, offset, length: lengthBytes })) {
    tensor.message(13, new Message().text(1, key).text(2, String(value)));
  }
  return tensor.int(14, 1);
}

function valueInfoProto({ name, type, shape }: Port): Message {
  const dimensions = new Message();
  for (const dimension of shape) dimensions.message(1, new Message().int(1, dimension));
  const tensorType = new Message().int(1, ELEMENT[type]).message(2, dimensions);
  return new Message().text(1, name).message(2, new Message().message(1, tensorType));
}

/** The part of the protobuf wire format that the messages above use. */
class Message {
  readonly #parts: Uint8Array[] = [];
  #length = 0;

  /** Writes a varint; a negative number takes ten bytes, as int64 requires. */
  int(field: number, value: number): this {
    return this.#push(varint(BigInt(field << 3)), varint(BigInt.asUintN(64, BigInt(value))));
  }

  float(field: number, value: number): this {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setFloat32(0, value, true);
    return this.#push(varint(BigInt((field << 3) | 5)), bytes);
  }

  raw(field: number, bytes: Uint8Array): this {
    return this.#push(varint(BigInt((field << 3) | 2)), varint(BigInt(bytes.length)), bytes);
  }

  text(field: number, value: string): this {
    return this.raw(field, new TextEncoder().encode(value));
  }

  message(field: number, value: Message): this {
    return this.raw(field, value.bytes());
  }

  bytes(): Uint8Array {
    const all = new Uint8Array(this.#length);
    let offset = 0;
    for (const part of this.#parts) {
      all.set(part, offset);
      offset += part.length;
    }
    return all;
  }

  #push(...parts: readonly Uint8Array[]): this {
    for (const part of parts) {
      this.#parts.push(part);
      this.#length += part.length;
    }
    return this;
  }
}

function varint(value: bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 127n) {
    bytes.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}
