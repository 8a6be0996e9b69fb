import type { Recording } from "../../contract/recordings.ts";
import type { InferRequest } from "../server/infer-request.ts";
import { nearestDecimal } from "../wire/nearest-decimal.ts";
import { isElements, type WireTensor } from "../wire/wire-tensor.ts";

/** A header whose value comes from an environment variable, so that recordings contain no secrets. */
export interface SecretHeader {
  readonly name: string;
  /** Precedes the variable's value: `Bearer `. */
  readonly prefix: string;
  /** The name of the environment variable. */
  readonly variable: string;
}

/** A request for one picture, and where it is sent. */
export interface Recorded {
  /** Scheme, host and port, and the path before `/v2`. */
  readonly base: string;
  readonly modelName: string;
  readonly version?: string | undefined;
  /** Whether KServe's wrapper there returns pictures at v1's address only. */
  readonly isV1Wrapper?: boolean | undefined;
  readonly request: InferRequest;
  readonly secrets: readonly SecretHeader[];
  /** Which certificates are accepted; a file is a PEM beside the program. */
  readonly trust: "system" | "anyone" | { readonly file: string };
}

/**
 * The request in every form that people keep: JSON data, a shell command, notebook code, and code for Triton's client.
 */
export function recordingsOf(recorded: Recorded): Recording {
  return {
    v2: `${bodyOf(recorded.request, 0)}\n`,
    curl: curl(recorded),
    requests: requests(recorded),
    triton: triton(recorded),
    variables: recorded.secrets.map(({ variable }) => variable),
  };
}

/** Quotes a text as one word of a POSIX shell. */
export function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

function curl({ secrets, trust, request, ...place }: Recorded): string {
  const headers = secrets.map(
    ({ name, prefix, variable }) => `-H "${name}: ${prefix}$${variable}"`,
  );
  const trusting = typeof trust === "object" ? [`--cacert ${shellQuoted(trust.file)}`] : [];
  return `${[
    `curl --globoff --fail-with-body --silent --show-error ${shellQuoted(addressOf(place))}`,
    ...(trust === "anyone" ? ["--insecure"] : trusting),
    ...headers,
    "-H 'Content-Type: application/json'",
    `--data-raw ${shellQuoted(bodyOf(request, 2))}`,
    "-o reply.json",
  ].join(" \\\n  ")}\n`;
}

/** As in the KServe example's notebook, with all settings. */
function requests({ secrets, trust, request, ...place }: Recorded): string {
  const headers = secrets.map(
    ({ name, prefix, variable }) =>
      `    ${JSON.stringify(name)}: ${JSON.stringify(prefix)} + os.environ["${variable}"],\n`,
  );
  const verify = typeof trust === "object" ? JSON.stringify(trust.file) : "False";
  const flags = [
    ...(secrets.length > 0 ? ["headers=headers"] : []),
    ...(trust === "system" ? [] : [`verify=${verify}`]),
  ];
  return `# pip install requests numpy pillow
${secrets.length > 0 ? "import os\n\n" : ""}import numpy as np
import requests
from PIL import Image

url = ${JSON.stringify(addressOf(place))}
${secrets.length > 0 ? `headers = {\n${headers.join("")}}\n` : ""}payload = ${bodyOf(request, 0)}
response = requests.post(${["url", "json=payload", ...flags].join(", ")})
response.raise_for_status()
output = response.json()["outputs"][0]
pixels = np.array(output["data"], dtype="uint8")
pixels = pixels.reshape([size for size in output["shape"] if size != 1])
Image.fromarray(pixels).save("picture.png")
`;
}

/** Longer than any picture takes; the client's default time limit is one minute. */
const LONGEST_SECONDS = 7200;

/** Triton's client cannot ask at v1's address. */
const TRITON_NOTE =
  "# Works once PROTOCOL_VERSION is v2 in the ServingRuntime's environment: it is v1 now.\n";

function triton(recorded: Recorded): string {
  const { base, modelName, version, isV1Wrapper = false, request, secrets, trust } = recorded;
  const { protocol, host, pathname } = new URL(base);
  const isTls = protocol === "https:";
  const headers = secrets.map(
    ({ name, prefix, variable }) =>
      `${JSON.stringify(name)}: ${JSON.stringify(prefix)} + os.environ["${variable}"]`,
  );
  const tls = typeof trust === "object" ? `"ca_certs": ${JSON.stringify(trust.file)}` : "";
  return `# pip install "tritonclient[http]" numpy pillow
${secrets.length > 0 ? "import os\n\n" : ""}import numpy as np
import tritonclient.http as triton
from PIL import Image

${isV1Wrapper ? TRITON_NOTE : ""}client = triton.InferenceServerClient(
    ${JSON.stringify(host + pathname.replace(/\/$/, ""))},
    network_timeout=${LONGEST_SECONDS},${isTls ? "\n    ssl=True," : ""}${
      isTls && trust === "anyone" ? "\n    insecure=True," : ""
    }${isTls && tls !== "" ? `\n    ssl_options={${tls}},` : ""}
)
inputs = []
for name, datatype, kind, values in [
${request.inputs.map(tritonInput).join("")}]:
    tensor = triton.InferInput(name, [len(values)], datatype)
    tensor.set_data_from_numpy(np.array(values, dtype=kind), binary_data=False)
    inputs.append(tensor)
reply = client.infer(
    ${JSON.stringify(modelName)},
    inputs,${version === undefined ? "" : `\n    model_version=${JSON.stringify(version)},`}${
      headers.length > 0 ? `\n    headers={${headers.join(", ")}},` : ""
    }
)
name = reply.get_response()["outputs"][0]["name"]
pixels = reply.as_numpy(name).astype("uint8").squeeze()
Image.fromarray(pixels).save("picture.png")
`;
}

const NUMPY: Readonly<Record<string, string>> = {
  BYTES: "object",
  INT32: "int32",
  INT64: "int64",
  UINT64: "uint64",
  FP32: "float32",
};

function tritonInput(tensor: WireTensor): string {
  const { name, datatype } = tensor;
  const kind = NUMPY[datatype] ?? "object";
  const values = `[${valuesOf(tensor).join(", ")}]`;
  return `    (${[name, datatype, kind].map((text) => JSON.stringify(text)).join(", ")}, ${values}),\n`;
}

/** The body as JSON with one input per line; as it contains neither booleans nor null, it is also a Python literal. */
function bodyOf({ id, inputs }: InferRequest, indent: number): string {
  const margin = " ".repeat(indent);
  const lines = inputs.map((tensor) => {
    const { name, shape, datatype } = tensor;
    const head = `"name": ${JSON.stringify(name)}, "shape": [${shape.join(", ")}]`;
    return `${margin}    {${head}, "datatype": "${datatype}", "data": [${valuesOf(tensor).join(", ")}]}`;
  });
  return `{\n${margin}  "id": ${JSON.stringify(id)},\n${margin}  "inputs": [\n${lines.join(",\n")}\n${margin}  ]\n${margin}}`;
}

const UTF8 = new TextDecoder();

function valuesOf({ values }: WireTensor): string[] {
  if (isElements(values)) return values.map((bytes) => JSON.stringify(UTF8.decode(bytes)));
  if (values instanceof Float32Array)
    return Array.from(values, (value) => String(nearestDecimal(value)));
  return Array.from(values, String);
}

type Place = Pick<Recorded, "base" | "modelName" | "version" | "isV1Wrapper">;

function addressOf({ base, modelName, version, isV1Wrapper }: Place) {
  if (isV1Wrapper === true) return `${base}/v1/models/${encodeURIComponent(modelName)}:predict`;
  const ofVersion = version === undefined ? "" : `/versions/${encodeURIComponent(version)}`;
  return `${base}/v2/models/${encodeURIComponent(modelName)}${ofVersion}/infer`;
}
