import { asRequest, MessageFault } from "../wire/message-fault.ts";

/** The parts of a recorded Python program that request pictures. */
export interface PythonProgram {
  /** The protocol v2 address that it sends the request to. */
  readonly url: string;
  /** The body that it sends, as JSON. */
  readonly body: string;
  /** Whether it accepts any certificate. */
  readonly isInsecure: boolean;
  /** Whether it reads a token from the environment. */
  readonly needsToken: boolean;
}

const REQUESTS = /^import requests$/m;
const TRITON = /^import tritonclient\.http as triton$/m;
/** A text as the recorder quotes it. */
const TEXT = String.raw`"(?:[^"\\\n]|\\.)*"`;

/** Whether a text looks like a recorded program: one that uses requests or Triton's client. */
export function isPython(text: string): boolean {
  return REQUESTS.test(text) || TRITON.test(text);
}

/**
 * Finds the request in a recorded program without running it. Refuses other programs as REQUEST_INVALID, since they may
 * compute their requests.
 */
export function readPython(text: string): PythonProgram {
  const needsToken = /Authorization.*os\.environ\[/.test(text);
  return asRequest(() =>
    TRITON.test(text) ? { ...ofTriton(text), needsToken } : { ...ofRequests(text), needsToken },
  );
}

type Asked = Omit<PythonProgram, "needsToken">;

function ofRequests(text: string): Asked {
  const [, url = ""] = found(text, new RegExp(`^url = (${TEXT})$`, "m"));
  const [, body = ""] = found(text, /^payload = (\{\n[\s\S]*?\n\})$/m);
  return { url: textIn(url), body, isInsecure: /\bverify=False\b/.test(text) };
}

function ofTriton(text: string): Asked {
  const [, place = ""] = found(
    text,
    new RegExp(String.raw`^client = triton\.InferenceServerClient\(\n {4}(${TEXT}),`, "m"),
  );
  const [, model = ""] = found(
    text,
    new RegExp(String.raw`^reply = client\.infer\(\n {4}(${TEXT}),`, "m"),
  );
  const version = new RegExp(`^ {4}model_version=(${TEXT}),$`, "m").exec(text)?.[1];
  const scheme = /^ {4}ssl=True,$/m.test(text) ? "https" : "http";
  const path = [
    "models",
    textIn(model),
    ...(version === undefined ? [] : ["versions", textIn(version)]),
  ];
  return {
    url: `${scheme}://${textIn(place)}/v2/${path.map(encodeURIComponent).join("/")}/infer`,
    body: `{"inputs": [${tensorsIn(text).join(", ")}]}`,
    isInsecure: /^ {4}insecure=True,$/m.test(text),
  };
}

/** The inputs as JSON. Their values stay text, since a JavaScript number cannot hold a 64-bit seed. */
function tensorsIn(text: string): readonly string[] {
  const [, list = ""] = found(text, /^for name, datatype, kind, values in \[\n([\s\S]*?)^\]:$/m);
  const line = new RegExp(String.raw`^ {4}\((${TEXT}), (${TEXT}), ${TEXT}, (\[.*\])\),$`);
  return list
    .trimEnd()
    .split("\n")
    .map((row) => {
      const [, name = "", datatype = "", values = ""] = found(row, line);
      const count = countIn(values);
      return `{"name": ${name}, "shape": [${count}], "datatype": ${datatype}, "data": ${values}}`;
    });
}

function countIn(values: string): number {
  const list: unknown = parsed(values);
  if (!Array.isArray(list)) throw unknownProgram();
  return list.length;
}

function textIn(quoted: string): string {
  return String(parsed(quoted));
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw unknownProgram();
  }
}

function found(text: string, pattern: RegExp): RegExpExecArray {
  const match = pattern.exec(text);
  if (match === null) throw unknownProgram();
  return match;
}

function unknownProgram(): MessageFault {
  const reason = "only unchanged programs that Darkroom recorded can be read";
  return new MessageFault("The Python program", "replayed", reason);
}
