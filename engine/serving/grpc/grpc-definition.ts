import { fileURLToPath } from "node:url";
import {
  load,
  type MethodDefinition,
  type PackageDefinition,
  type ServiceDefinition,
} from "@grpc/proto-loader";

const FOLDER = fileURLToPath(new URL("../../../assets/grpc", import.meta.url));

const FILES = [
  "inference.proto",
  "health.proto",
  "reflection-v1.proto",
  "reflection-v1alpha.proto",
];

/** Names as they stand in the files, 64-bit numbers as their digits, bytes as they are; what is absent has its default. */
const READING = { keepCase: true, longs: String, oneofs: true, defaults: true, arrays: true };

/** The services that are offered, and their messages, as assets/grpc has them. */
export class GrpcDefinition {
  readonly #definition: PackageDefinition;

  private constructor(definition: PackageDefinition) {
    this.#definition = definition;
  }

  static async read(): Promise<GrpcDefinition> {
    return new GrpcDefinition(await load(FILES, { ...READING, includeDirs: [FOLDER] }));
  }

  /** Names of all services. */
  get services(): readonly string[] {
    return Object.keys(this.#definition).filter((name) => isService(this.#definition[name]));
  }

  /** Methods of a service by their names. */
  methods(service: string): ReadonlyMap<string, MethodDefinition<object, object>> {
    const found = this.#definition[service];
    if (!isService(found)) throw new Error(`no service is called ${service}`);
    return new Map(Object.entries(found));
  }
}

type Entry = PackageDefinition[string] | undefined;

function isService(entry: Entry): entry is ServiceDefinition {
  return entry !== undefined && !("format" in entry);
}
