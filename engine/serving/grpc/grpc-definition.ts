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

/** What every listener offers. */
const STANDARD = ["health.proto", "reflection-v1.proto", "reflection-v1alpha.proto"];

const OPEN_INFERENCE = "inference.proto";

/** Names as they stand in the files, 64-bit numbers as their digits, enumerations by name; what is absent has its default. */
const READING = {
  keepCase: true,
  longs: String,
  enums: String,
  oneofs: true,
  defaults: true,
  includeDirs: [FOLDER],
};

/**
 * What protoc makes of the files, for reflection: proto-loader's own descriptors name the entries of maps as no other
 * reader takes them. Made by `protoc -I assets/grpc --include_source_info --descriptor_set_out FILE.protoset FILE.proto …`.
 */
const DESCRIPTORS = join(FOLDER, "descriptors.protoset");

/** A FileDescriptorProto. */
interface File {
  readonly name: string;
  readonly packageName: string;
  readonly bytes: Buffer;
}

/** The services that are offered, and their messages, as assets/grpc has them. None of them imports another. */
export class GrpcDefinition {
  readonly #definition: PackageDefinition;
  readonly #files: readonly File[];

  private constructor(definition: PackageDefinition, files: readonly File[]) {
    this.#definition = definition;
    this.#files = files;
  }

  /** With the services of these files, besides those of every listener. */
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

  /** What the request of a method may hold. */
  shapeOf({ path, requestType }: MethodDefinition<object, object>): MessageShape {
    const [packageName = ""] = path.slice(1).split(/\.\w+\//, 1);
    return shapeOf(requestType.type, (name) => {
      const found = this.#definition[`${packageName}.${name}`];
      return found !== undefined && "format" in found ? found.type : undefined;
    });
  }

  /** The FileDescriptorProto of a name; undefined where there is none. */
  fileNamed(name: string): Buffer | undefined {
    return this.#files.find((file) => file.name === name)?.bytes;
  }

  /** The one that declares a service, a method, a message or a member by its whole name. */
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

/** As much of a DescriptorProto as is read here. */
interface Descriptor {
  readonly name: string;
  readonly field: readonly {
    readonly number: number;
    readonly type: string;
    readonly typeName: string;
  }[];
  readonly nestedType: readonly Descriptor[];
}

/** Bytes that a number takes at the least, where it is not a varint. */
const FIXED: Readonly<Record<string, number>> = {
  TYPE_FLOAT: 4,
  TYPE_FIXED32: 4,
  TYPE_SFIXED32: 4,
  TYPE_DOUBLE: 8,
  TYPE_FIXED64: 8,
  TYPE_SFIXED64: 8,
};

/** `find` gives messages of the same package by their names; those that are declared inside go first. */
function shapeOf(type: object, find: (name: string) => object | undefined): MessageShape {
  const { field, nestedType } = asDescriptor(type);
  return new Map(
    field.map(({ number, type: kind, typeName }): [number, FieldShape] => {
      if (kind === "TYPE_STRING") return [number, { kind: "text" }];
      if (kind === "TYPE_MESSAGE") {
        const inner = nestedType.find(({ name }) => name === typeName) ?? find(typeName);
        if (inner === undefined) throw new Error(`no message is called ${typeName}`);
        let shape: MessageShape | undefined;
        // Made when it is first met: messages may hold themselves.
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

/** Files of a FileDescriptorSet: its only field, each as long as a varint says. The first two fields of each are its name and its package. */
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

/** Texts of the length-delimited fields that a message begins with, each shorter than 128 bytes. */
function leadingTexts(bytes: Buffer): readonly string[] {
  const nameEnd = 2 + bytes.readUInt8(1);
  const packageEnd = nameEnd + 2 + bytes.readUInt8(nameEnd + 1);
  return [bytes.toString("utf8", 2, nameEnd), bytes.toString("utf8", nameEnd + 2, packageEnd)];
}
