import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { FieldShape, MessageShape } from "../../kserve/wire/protobuf-limits.ts";
import {
  load,
  type MethodDefinition,
  type PackageDefinition,
  type ServiceDefinition,
} from "@grpc/proto-loader";

const FOLDER = fileURLToPath(new URL("../../../assets/grpc", import.meta.url));

/** Offered by every listener. */
const STANDARD = ["health.proto", "reflection-v1.proto", "reflection-v1alpha.proto"];

const OPEN_INFERENCE = "inference.proto";

/** Names as in the files, 64-bit numbers as strings, enumerations by name; absent members get their defaults. */
const READING = {
  keepCase: true,
  longs: String,
  enums: String,
  oneofs: true,
  defaults: true,
  includeDirs: [FOLDER],
};

/**
 * protoc's output for reflection: proto-loader's own descriptors name map entries in a way that no other reader
 * understands. Made by `protoc -I assets/grpc --include_source_info --descriptor_set_out FILE.protoset FILE.proto …`.
 */
const DESCRIPTORS = join(FOLDER, "descriptors.protoset");

/** A FileDescriptorProto. */
interface File {
  readonly name: string;
  readonly packageName: string;
  readonly bytes: Buffer;
}

/** The services in assets/grpc that are offered, and their messages. No file imports another. */
export class GrpcDefinition {
  readonly #definition: PackageDefinition;
  readonly #files: readonly File[];

  private constructor(definition: PackageDefinition, files: readonly File[]) {
    this.#definition = definition;
    this.#files = files;
  }

  /** Reads the services in these files, besides those of every listener. */
  static async read(files: readonly string[] = [OPEN_INFERENCE]): Promise<GrpcDefinition> {
    const names = [...files, ...STANDARD];
    const [definition, descriptors] = await Promise.all([
      load(names, READING),
      readFile(DESCRIPTORS),
    ]);
    const offered = filesIn(descriptors).filter(({ name }) => names.includes(name));
    return new GrpcDefinition(definition, offered);
  }

  /** Names of all services. */
  get services(): readonly string[] {
    const names = Object.keys(this.#definition).filter((name) => isService(this.#definition[name]));
    return names.toSorted();
  }

  /** Methods of a service by their names. */
  methods(service: string): ReadonlyMap<string, MethodDefinition<object, object>> {
    const found = this.#definition[service];
    if (!isService(found)) throw new Error(`no service is called ${service}`);
    return new Map(Object.entries(found));
  }

  /** The limits for the request message of a method. */
  shapeOf({ path, requestType }: MethodDefinition<object, object>): MessageShape {
    const [packageName = ""] = path.slice(1).split(/\.\w+\//, 1);
    return shapeOf(requestType.type, (name) => {
      const found = this.#definition[`${packageName}.${name}`];
      return found !== undefined && "format" in found ? found.type : undefined;
    });
  }

  /** The FileDescriptorProto with a name; undefined if there is none. */
  fileNamed(name: string): Buffer | undefined {
    return this.#files.find((file) => file.name === name)?.bytes;
  }

  /** The FileDescriptorProto that declares a service, method, message or member by its full name. */
  fileOf(symbol: string): Buffer | undefined {
    const isDeclared = Object.keys(this.#definition).some(
      (name) => symbol === name || symbol.startsWith(`${name}.`),
    );
    if (!isDeclared) return undefined;
    return this.#files.find(({ packageName }) => symbol.startsWith(`${packageName}.`))?.bytes;
  }
}

type Entry = PackageDefinition[string] | undefined;

function isService(entry: Entry): entry is ServiceDefinition {
  return entry !== undefined && !("format" in entry);
}

/** The parts of a DescriptorProto that are needed here. */
interface Descriptor {
  readonly name: string;
  readonly field: readonly {
    readonly number: number;
    readonly type: string;
    readonly typeName: string;
  }[];
  readonly nestedType: readonly Descriptor[];
}

/** Minimum size in bytes of number types other than varints. */
const FIXED: Readonly<Record<string, number>> = {
  TYPE_FLOAT: 4,
  TYPE_FIXED32: 4,
  TYPE_SFIXED32: 4,
  TYPE_DOUBLE: 8,
  TYPE_FIXED64: 8,
  TYPE_SFIXED64: 8,
};

/** `find` looks up messages of the same package by name; nested declarations take precedence. */
function shapeOf(type: object, find: (name: string) => object | undefined): MessageShape {
  const { field, nestedType } = asDescriptor(type);
  return new Map(
    field.map(({ number, type: kind, typeName }): [number, FieldShape] => {
      if (kind === "TYPE_STRING") return [number, { kind: "text" }];
      if (kind === "TYPE_MESSAGE") {
        const inner = nestedType.find(({ name }) => name === typeName) ?? find(typeName);
        if (inner === undefined) throw new Error(`no message is called ${typeName}`);
        let shape: MessageShape | undefined;
        // Resolved on first use: messages can contain themselves.
        return [number, { kind: "message", shape: () => (shape ??= shapeOf(inner, find)) }];
      }
      const isBytes = kind === "TYPE_BYTES";
      return [number, { kind: "numbers", leastBytes: isBytes ? Infinity : (FIXED[kind] ?? 1) }];
    }),
  );
}

function asDescriptor(type: object): Descriptor {
  if (isDescriptor(type)) return type;
  throw new Error("a message is described by its fields");
}

function isDescriptor(type: object): type is Descriptor {
  return "field" in type && "nestedType" in type;
}

/**
 * The files in a FileDescriptorSet: its only field, each with its length as a varint. A file's first two fields are its
 * name and its package.
 */
function filesIn(set: Buffer): readonly File[] {
  const files: File[] = [];
  for (let at = 1; at < set.length; at++) {
    let size = 0;
    for (let shift = 0, isMore = true; isMore; shift += 7) {
      const byte = set.readUInt8(at++);
      size += (byte & 0x7f) << shift;
      isMore = byte > 0x7f;
    }
    const bytes = set.subarray(at, at + size);
    const [name = "", packageName = ""] = leadingTexts(bytes);
    files.push({ name, packageName, bytes });
    at += size;
  }
  return files;
}

/** The leading length-delimited text fields of a message, each shorter than 128 bytes. */
function leadingTexts(bytes: Buffer): readonly string[] {
  const nameEnd = 2 + bytes.readUInt8(1);
  const packageEnd = nameEnd + 2 + bytes.readUInt8(nameEnd + 1);
  return [bytes.toString("utf8", 2, nameEnd), bytes.toString("utf8", nameEnd + 2, packageEnd)];
}
