import { pythonQuoted, shellQuoted } from "./quote.ts";

/** The request in a snippet, and its server. */
export interface Asked {
  /** For example `http://127.0.0.1:8080`. */
  readonly origin: string;
  readonly modelName: string;
  readonly prompt: string;
  /** Whether it uses a key: the one in the environment, never one in the text. */
  readonly isWithKey: boolean;
  /** Whether the reply follows the notebook profile: nested numbers named `output0`, whatever is requested. */
  readonly isSeedProfile: boolean;
}

/** The environment variable in which every snippet finds the key. */
export const KEY_VARIABLE = "DARKROOM_KEY";

/** The header as a shell word that inserts the key. */
export const KEY_HEADER = `"Authorization: Bearer $${KEY_VARIABLE}"`;

/** Example programs. Each runs as it is, and saves a picture or its numbers. */
export const SNIPPETS = { curl, requests, triton, openaiCurl, openai } as const;
export type SnippetName = keyof typeof SNIPPETS;

/** Their names, in the order in which they are offered. */
export const SNIPPET_NAMES = [
  "curl",
  "requests",
  "triton",
  "openaiCurl",
  "openai",
] as const satisfies readonly SnippetName[];

/** Whether a program uses the OpenAI images API, which is off by default. */
export function isForOpenai(name: SnippetName): boolean {
  return name === "openai" || name === "openaiCurl";
}

function curl({ origin, modelName, prompt, isWithKey, isSeedProfile }: Asked): string {
  const input = JSON.stringify({ name: "prompt", shape: [1], datatype: "BYTES", data: [prompt] });
  const output = JSON.stringify({ name: "image", parameters: { format: "png" } });
  const members = [
    `"inputs": [\n      ${input}\n    ]`,
    ...(isSeedProfile ? [] : [`"outputs": [${output}]`]),
  ];
  return [
    `curl --fail --silent --show-error ${shellQuoted(inferAddress(origin, modelName))}`,
    ...(isWithKey ? [`-H ${KEY_HEADER}`] : []),
    `-H 'Content-Type: application/json'`,
    `-d ${shellQuoted(`{\n    ${members.join(",\n    ")}\n  }`)}`,
    // Normally the reply contains the picture as one base64 string; in the notebook profile it contains numbers.
    isSeedProfile
      ? "-o reply.json"
      : `| grep -o '"data":\\["[^"]*' | cut -d '"' -f 4 | base64 --decode > picture.png`,
  ].join(" \\\n  ");
}

/** As in the KServe example's notebook, with the key if one is required. */
function requests({ origin, modelName, prompt, isWithKey }: Asked): string {
  return `# pip install requests numpy pillow
${isWithKey ? "import os\n\n" : ""}import numpy as np
import requests
from PIL import Image

url = ${pythonQuoted(inferAddress(origin, modelName))}
${isWithKey ? `headers = {"Authorization": "Bearer " + os.environ["${KEY_VARIABLE}"]}\n` : ""}payload = {
    "id": "42",
    "inputs": [
        {
            "name": "input0",
            "shape": [-1],
            "datatype": "BYTES",
            "data": [${pythonQuoted(prompt)}],
        }
    ],
}
response = requests.post(url, json=payload${isWithKey ? ", headers=headers" : ""})
response.raise_for_status()
pixels = np.array(response.json()["outputs"][0]["data"], dtype="uint8")
Image.fromarray(pixels).save("picture.png")
`;
}

/** Longer than any picture takes; the client's default timeout is a minute. */
const LONGEST_SECONDS = 7200;

function triton({ origin, modelName, prompt, isWithKey, isSeedProfile }: Asked): string {
  const { host, protocol } = new URL(origin);
  const ssl = protocol === "https:" ? "ssl=True, " : "";
  const output = isSeedProfile ? "output0" : "image";
  return `# pip install "tritonclient[http]" numpy pillow
${isWithKey ? "import os\n\n" : ""}import numpy as np
import tritonclient.http as triton
from PIL import Image

client = triton.InferenceServerClient(${pythonQuoted(host)}, ${ssl}network_timeout=${LONGEST_SECONDS})
prompt = triton.InferInput("prompt", [1], "BYTES")
prompt.set_data_from_numpy(np.array([${pythonQuoted(prompt)}], dtype=object))
reply = client.infer(
    ${pythonQuoted(modelName)},
    [prompt],${isWithKey ? `\n    headers={"Authorization": "Bearer " + os.environ["${KEY_VARIABLE}"]},` : ""}
)
pixels = reply.as_numpy("${output}").astype("uint8")
Image.fromarray(pixels).save("picture.png")
`;
}

function openaiCurl({ origin, modelName, prompt, isWithKey }: Asked): string {
  const body = JSON.stringify({ model: modelName, prompt });
  return [
    `curl --fail --silent --show-error ${shellQuoted(`${origin}/v1/images/generations`)}`,
    ...(isWithKey ? [`-H ${KEY_HEADER}`] : []),
    `-H 'Content-Type: application/json'`,
    `-d ${shellQuoted(body)}`,
    `| grep -o '"b64_json":"[^"]*' | cut -d '"' -f 4 | base64 --decode > picture.png`,
  ].join(" \\\n  ");
}

/** The SDK insists on a key, even if the server does not. */
function openai({ origin, modelName, prompt, isWithKey }: Asked): string {
  const key = isWithKey ? `os.environ["${KEY_VARIABLE}"]` : `"none"`;
  return `# pip install openai
import base64
${isWithKey ? "import os\n" : ""}
from openai import OpenAI

client = OpenAI(
    base_url=${pythonQuoted(`${origin}/v1`)},
    api_key=${key},
    timeout=${LONGEST_SECONDS},
)
reply = client.images.generate(
    model=${pythonQuoted(modelName)},
    prompt=${pythonQuoted(prompt)},
)
with open("picture.png", "wb") as file:
    file.write(base64.b64decode(reply.data[0].b64_json))
`;
}

function inferAddress(origin: string, modelName: string): string {
  return `${origin}/v2/models/${encodeURIComponent(modelName)}/infer`;
}
