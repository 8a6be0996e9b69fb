import type { ServerHttp2Stream } from "node:http2";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import type { EndpointKind } from "../../../engine/contract/endpoints.ts";
import { StudioError } from "../../../engine/contract/errors.ts";
import { bytes as chunk, join } from "../../../engine/kserve/wire/encoded-message.ts";
import { field, packedField, textField } from "../../../engine/kserve/wire/protobuf.ts";
import { grpcFrame } from "../../fakes/grpc-stand-in.ts";
import { added, openEndpoints, ORDER } from "../../fakes/open-endpoints.ts";
import {
  ends,
  rawReply,
  type Script,
  scriptedGrpcServer,
  scriptedServer,
  writes,
} from "../../fakes/raw-replies.ts";

const JSON_TYPE = { "content-type": "application/json" };
const HTML = { "content-type": "text/html" };
const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

/** The header of a PNG of this size with the right checksum, and nothing after it. */
function pngOf(width: number, height: number): Buffer {
  const file = Buffer.from(PNG.subarray(0, 33));
  file.writeUInt32BE(width, 16);
  file.writeUInt32BE(height, 20);
  return file;
}

const json = (value: unknown): Script => ends(rawReply(200, JSON.stringify(value)));
const text = (body: string): Script => ends(rawReply(200, body));
const refused = (status: number, body: unknown, headers = {}): Script =>
  ends(rawReply(status, JSON.stringify(body), { ...JSON_TYPE, "retry-after": "301", ...headers }));
const page = (status: number, title: string): Script =>
  ends(rawReply(status, `<!doctype html><title>${title}</title>`, HTML));

/** A reply of v2 with one output. */
const output = (members: object): Script =>
  json({ outputs: [{ name: "output0", datatype: "UINT8", shape: [2, 2, 3], ...members }] });
const pixels = (count: number): number[] => Array.from({ length: count }, (_, i) => i % 256);

/** A reply of v2 whose one output is binary, after the JSON. */
function binary(shape: readonly number[], datatype: string, size: number, sent: number): Script {
  const head = JSON.stringify({
    outputs: [{ name: "image", datatype, shape, parameters: { binary_data_size: size } }],
  });
  return ends(
    rawReply(200, Buffer.concat([Buffer.from(head), Buffer.alloc(sent)]), {
      "content-type": "application/octet-stream",
      "inference-header-content-length": String(head.length),
    }),
  );
}

/** A name, what the server does, and the message that the user sees. */
type Row = readonly [name: string, script: Script, told: string];

const V2: readonly Row[] = [
  [
    "nothing at all",
    ends(rawReply(200, "")),
    "ENDPOINT_REPLY_INVALID: The endpoint's reply cannot be used: it is empty. Check its address, kind and model; if they are right, give this message to its operator.",
  ],
  [
    "white space",
    text("  \n"),
    "ENDPOINT_REPLY_INVALID: The endpoint's reply cannot be used: it is empty. Check its address, kind and model; if they are right, give this message to its operator.",
  ],
  [
    "JSON cut amid numbers",
    text('{"outputs":[{"name":"output0","data":[[[1,2'),
    "ENDPOINT_REPLY_BROKEN: The endpoint's reply did not arrive completely: it ends too early. Try again; if it happens each time, its server or a proxy in front of it cuts replies off, and its operator can fix that.",
  ],
  [
    "JSON cut in a string",
    text('{"outputs":[{"name":"outp'),
    "ENDPOINT_REPLY_BROKEN: The endpoint's reply did not arrive completely: it ends in the middle of a string. Try again; if it happens each time, its server or a proxy in front of it cuts replies off, and its operator can fix that.",
  ],
  [
    "a length beyond what came",
    ends('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"out'),
    "ENDPOINT_REPLY_BROKEN: The endpoint's reply did not arrive completely: it closed the connection. Try again; if it happens each time, its server or a proxy in front of it cuts replies off, and its operator can fix that.",
  ],
  [
    "more than its length",
    writes("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}{}{}{}"),
    "ENDPOINT_REPLY_INVALID: The endpoint's reply cannot be used: it is an object that holds nothing. Check its address, kind and model; if they are right, give this message to its operator.",
  ],
  [
    "two lengths",
    writes("HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}1"),
    "ENDPOINT_REPLY_INVALID: The endpoint's reply cannot be used: its length differs from its Content-Length. Check its address, kind and model; if they are right, give this message to its operator.",
  ],
  [
    "a length and chunks",
    writes(
      "HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    ),
    "ENDPOINT_REPLY_INVALID: The endpoint's reply cannot be used: its length differs from its Content-Length. Check its address, kind and model; if they are right, give this message to its operator.",
  ],
  [
    "a length that is no number",
    writes("HTTP/1.1 200 OK\r\ncontent-length: many\r\n\r\n{}"),
    "ENDPOINT_REPLY_INVALID: The endpoint's reply cannot be used: it is not HTTP. Check its address, kind and model; if they are right, give this message to its operator.",
  ],
  [
    "a length of terabytes",
    writes("HTTP/1.1 200 OK\r\ncontent-length: 99999999999999\r\n\r\n{"),
    "ENDPOINT_REPLY_BROKEN: The endpoint's reply did not arrive completely: it stopped in the middle of its reply. Try again; if it happens each time, its server or a proxy in front of it cuts replies off, and its operator can fix that.",
  ],
  [
    "a chunk of terabytes",
    writes("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nffffffffff\r\n{"),
    "ENDPOINT_REPLY_BROKEN: The endpoint's reply did not arrive completely: it stopped in the middle of its reply. Try again; if it happens each time, its server or a proxy in front of it cuts replies off, and its operator can fix that.",
  ],
  [
    "a chunk that is cut",
    ends('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n10\r\n{"a"'),
    "ENDPOINT_REPLY_BROKEN: The endpoint's reply did not arrive completely: it closed the connection. Try again; if it happens each time, its server or a proxy in front of it cuts replies off, and its operator can fix that.",
  ],
  [
    "a chunk without a number",
    writes("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n"),
    "ENDPOINT_REPLY_BROKEN: The endpoint's reply did not arrive completely: it is not HTTP. Try again; if it happens each time, its server or a proxy in front of it cuts replies off, and its operator can fix that.",
  ],
  [
    "not HTTP",
    writes("SSH-2.0-OpenSSH_9.6\r\n"),
    "ENDPOINT_REPLY_INVALID: The endpoint's reply cannot be used: it is not HTTP. Check its address, kind and model; if they are right, give this message to its operator.",
  ],
  [
    "a head without end",
    writes(`HTTP/1.1 200 OK\r\n${"x-a: aaaaaaaa\r\n".repeat(9000)}`),
    "ENDPOINT_REPLY_INVALID: The endpoint's reply cannot be used: its headers are too large. Check its address, kind and model; if they are right, give this message to its operator.",
  ],
  [
    "gzip of gigabytes",
    ends(rawReply(200, gzipSync(Buffer.alloc(80 << 20)), { "content-encoding": "gzip" })),
    "ENDPOINT_REPLY_TOO_LARGE: The endpoint's reply is too large: it has more than 64 MiB. Ask for a smaller picture, or for one at a time.",
  ],
  [
    "brotli of gigabytes",
    ends(rawReply(200, brotliCompressSync(Buffer.alloc(80 << 20)), { "content-encoding": "br" })),
    "ENDPOINT_REPLY_TOO_LARGE: The endpoint's reply is too large: it has more than 64 MiB. Ask for a smaller picture, or for one at a time.",
  ],
  [
    "gzip that is damaged",
    ends(rawReply(200, "no gzip", { "content-encoding": "gzip" })),
    "ENDPOINT_REPLY_BROKEN: The endpoint's reply did not arrive completely: its compression is damaged. Try again; if it happens each time, its server or a proxy in front of it cuts replies off, and its operator can fix that.",
  ],
  [
    "gzip that is cut",
    ends(rawReply(200, gzipSync("{}".repeat(99)).subarray(0, 20), { "content-encoding": "gzip" })),
    "ENDPOINT_REPLY_BROKEN: The endpoint's reply did not arrive completely: its compression is damaged. Try again; if it happens each time, its server or a proxy in front of it cuts replies off, and its operator can fix that.",
  ],
  [
    "an unknown coding",
    ends(rawReply(200, "x", { "content-encoding": "zstd" })),
    'ENDPOINT_REPLY_INVALID: The endpoint\'s reply cannot be used: it is compressed as "zstd", though it was asked not to be. Check its address, kind and model; if they are right, give this message to its operator.',
  ],
  [
    "JSON 100,000 deep",
    text("[".repeat(100_000)),
    "ENDPOINT_REPLY_INVALID: The endpoint's reply cannot be used: brackets are nested deeper than 8. Check its address, kind and model; if they are right, give this message to its operator.",
  ],
  [
    "objects 1,000 deep",
    text('{"a":'.repeat(1000)),
    "ENDPOINT_REPLY_INVALID: The endpoint's reply cannot be used: brackets are nested deeper than 8. Check its address, kind and model; if they are right, give this message to its operator.",
  ],
  [
    "200,000 values",
    text(`{"outputs":[${"{},".repeat(200_000)}{}]}`),
    "ENDPOINT_REPLY_INVALID: The endpoint's reply cannot be used: it holds more than 100000 values. Check its address, kind and model; if they are right, give this message to its operator.",
  ],
  [
    "NaN as a word",
    output({ datatype: "FP32", shape: [1, 1, 3], data: 5 }),
    'ENDPOINT_REPLY_INVALID: The endpoint\'s reply cannot be used: the output "output0" is 5: that is not a picture. Check its address, kind and model; if they are right, give this message to its operator.',
  ],
  [
    "NaN in JSON",
    text('{"outputs":[{"name":"o","datatype":"FP32","shape":[1,1,3],"data":[NaN,0,1]}]}'),
    "ENDPOINT_PICTURE_INVALID: The endpoint's picture cannot be used: at byte 66 it holds NaN, which is not a number. Try another seed; if it happens each time, its operator must fix the model or its server.",
  ],
  [
    "Infinity in JSON",
    text('{"outputs":[{"name":"o","datatype":"FP32","shape":[1,1,3],"data":[-Infinity,0,1]}]}'),
    "ENDPOINT_PICTURE_INVALID: The endpoint's picture cannot be used: at byte 66 it holds -Infinity, which is not a number. Try another seed; if it happens each time, its operator must fix the model or its server.",
  ],
  [
    "null for a pixel",
    output({ shape: [1, 1, 3], data: [null, 0, 1] }),
    'ENDPOINT_PICTURE_INVALID: The endpoint\'s picture cannot be used: a pixel of the output "output0" is null: that is not a colour. Try another seed; if it happens each time, its operator must fix the model or its server.',
  ],
  [
    "1e999 for a pixel",
    text('{"outputs":[{"name":"o","datatype":"FP32","shape":[1,1,3],"data":[1e999,0,1]}]}'),
    'ENDPOINT_PICTURE_INVALID: The endpoint\'s picture cannot be used: a pixel of the output "o" is Infinity: that is not a colour. Try another seed; if it happens each time, its operator must fix the model or its server.',
  ],
  [
    "text for a pixel",
    output({ shape: [1, 1, 3], data: [1, "2", 3] }),
    'ENDPOINT_REPLY_INVALID: The endpoint\'s reply cannot be used: the output "output0" is no picture: its rows differ in length, or hold something else than numbers. Check its address, kind and model; if they are right, give this message to its operator.',
  ],
  [
    "a negative shape",
    output({ shape: [-2, -2, 3], data: pixels(12) }),
    "ENDPOINT_REPLY_INVALID: The endpoint's reply cannot be used: outputs[0].shape is -2: a dimension is a whole number, or -1. Check its address, kind and model; if they are right, give this message to its operator.",
  ],
  [
    "a shape of fractions",
    output({ shape: [1.5, 2, 3], data: pixels(9) }),
    "ENDPOINT_REPLY_INVALID: The endpoint's reply cannot be used: outputs[0].shape is 1.5: a dimension is a whole number, or -1. Check its address, kind and model; if they are right, give this message to its operator.",
  ],
  [
    "a shape of words",
    output({ shape: "2x2", data: pixels(12) }),
    'ENDPOINT_REPLY_INVALID: The endpoint\'s reply cannot be used: outputs[0].shape is "2x2": a dimension is a whole number, or -1. Check its address, kind and model; if they are right, give this message to its operator.',
  ],
  [
    "a shape of a million dimensions",
    output({ shape: pixels(9000), data: pixels(12) }),
    "ENDPOINT_REPLY_INVALID: The endpoint's reply cannot be used: outputs[0].shape is of 9000 dimensions: the limit is 8. Check its address, kind and model; if they are right, give this message to its operator.",
  ],
  [
    "a shape that overflows",
    output({ shape: [2 ** 31, 2 ** 31, 3], data: pixels(12) }),
    'ENDPOINT_REPLY_INVALID: The endpoint\'s reply cannot be used: the output "output0".shape is [2147483648, 2147483648, 3]: the data has 12 elements. Check its address, kind and model; if they are right, give this message to its operator.',
  ],
  [
    "a shape larger than its data",
    output({ shape: [768, 768, 3], data: pixels(12) }),
    'ENDPOINT_REPLY_INVALID: The endpoint\'s reply cannot be used: the output "output0".shape is [768, 768, 3]: the data has 12 elements. Check its address, kind and model; if they are right, give this message to its operator.',
  ],
  [
    "a shape of nothing",
    output({ shape: [0, 0, 3], data: [] }),
    "ENDPOINT_REPLY_INVALID: The endpoint's reply cannot be used: there is no picture in it. Check its address, kind and model; if they are right, give this message to its operator.",
  ],
  [
    "two channels",
    output({ shape: [2, 3, 2], data: pixels(12) }),
    'ENDPOINT_REPLY_INVALID: The endpoint\'s reply cannot be used: the output "output0".shape is [2, 3, 2]: that is not the shape of a picture. Check its address, kind and model; if they are right, give this message to its operator.',
  ],
  [
    "a list of numbers",
    output({ shape: [7], data: pixels(7) }),
    'ENDPOINT_REPLY_INVALID: The endpoint\'s reply cannot be used: the output "output0" is of 7 values: its shape is missing, and it is not a square picture. Check its address, kind and model; if they are right, give this message to its operator.',
  ],
  [
    "a picture of 5,000 by 1",
    output({ shape: [5000, 1, 1], data: pixels(5000) }),
    'ENDPOINT_REPLY_TOO_LARGE: The endpoint\'s reply is too large: the output "output0".shape is [5000, 1, 1]: the limit is 4096 pixels a side. Ask for a smaller picture, or for one at a time.',
  ],
  [
    "rows that differ in length",
    output({ data: [[[1, 2, 3]], [[1, 2]]] }),
    'ENDPOINT_REPLY_INVALID: The endpoint\'s reply cannot be used: the output "output0" is no picture: its rows differ in length, or hold something else than numbers. Check its address, kind and model; if they are right, give this message to its operator.',
  ],
  [
    "9,999 pictures",
    output({ shape: [9999, 1, 1, 1], data: pixels(9999) }),
    'ENDPOINT_REPLY_INVALID: The endpoint\'s reply cannot be used: the output "output0" is 9999 pictures: the limit is 100. Check its address, kind and model; if they are right, give this message to its operator.',
  ],
  [
    "no data",
    output({}),
    'ENDPOINT_REPLY_INVALID: The endpoint\'s reply cannot be used: the output "output0" is null: that is not a picture. Check its address, kind and model; if they are right, give this message to its operator.',
  ],
  [
    "an object for data",
    output({ data: { red: 1 } }),
    'ENDPOINT_REPLY_INVALID: The endpoint\'s reply cannot be used: the output "output0" is an object: a picture would be under image, generated_image, b64_json, b64, data, bytes. Check its address, kind and model; if they are right, give this message to its operator.',
  ],
  [
    "yes for data",
    output({ data: true }),
    'ENDPOINT_REPLY_INVALID: The endpoint\'s reply cannot be used: the output "output0" is true: that is not a picture. Check its address, kind and model; if they are right, give this message to its operator.',
  ],
  [
    "words for a picture",
    output({ datatype: "BYTES", shape: [1], data: ["a dog on a chair"] }),
    'ENDPOINT_REPLY_INVALID: The endpoint\'s reply cannot be used: the output "output0" is "a dog on a chair": that is text, not a picture. Check its address, kind and model; if they are right, give this message to its operator.',
  ],
  [
    "base64 of no picture",
    output({ datatype: "BYTES", shape: [1], data: ["aGVsbG8gd29ybGQgb2YgZG9ncw=="] }),
    'ENDPOINT_REPLY_INVALID: The endpoint\'s reply cannot be used: the output "output0" is "aGVsbG8gd29ybGQgb2YgZG9ncw==": its 19 bytes are not a PNG, JPEG or WebP file. Check its address, kind and model; if they are right, give this message to its operator.',
  ],
  [
    "base64 that is wrong",
    output({ datatype: "BYTES", shape: [1], data: ["iVBORw0KGgo=***"] }),
    'ENDPOINT_REPLY_INVALID: The endpoint\'s reply cannot be used: the output "output0" is "iVBORw0KGgo=***": its base64 is damaged. Check its address, kind and model; if they are right, give this message to its operator.',
  ],
  [
    "a GIF in base64",
    output({
      datatype: "BYTES",
      shape: [1],
      data: [Buffer.from("GIF89a\x01\x00\x01\x00\x00\x00\x00").toString("base64")],
    }),
    'ENDPOINT_REPLY_INVALID: The endpoint\'s reply cannot be used: the output "output0" is "R0lGODlhAQABAAAAAA==": its 13 bytes are not a PNG, JPEG or WebP file. Check its address, kind and model; if they are right, give this message to its operator.',
  ],
  [
    "outputs that are no list",
    json({ outputs: "none" }),
    'ENDPOINT_REPLY_INVALID: The endpoint\'s reply cannot be used: outputs is "none": it must be an array. Check its address, kind and model; if they are right, give this message to its operator.',
  ],
  [
    "no outputs in the list",
    json({ outputs: [] }),
    "ENDPOINT_REPLY_INVALID: The endpoint's reply cannot be used: there is no picture in it. Check its address, kind and model; if they are right, give this message to its operator.",
  ],
  [
    "an output that is no object",
    json({ outputs: [5] }),
    "ENDPOINT_REPLY_INVALID: The endpoint's reply cannot be used: outputs[0] is 5: it must be an object. Check its address, kind and model; if they are right, give this message to its operator.",
  ],
  [
    "1,000 outputs",
    json({ outputs: Array.from({ length: 1000 }, () => ({})) }),
    "ENDPOINT_REPLY_INVALID: The endpoint's reply cannot be used: outputs is of 1000 entries: the limit is 64. Check its address, kind and model; if they are right, give this message to its operator.",
  ],
  [
    "a JSON list",
    json([1, 2, 3]),
    "ENDPOINT_REPLY_INVALID: The endpoint's reply cannot be used: the body is an array: it must be an object. Check its address, kind and model; if they are right, give this message to its operator.",
  ],
  [
    "a JSON number",
    json(42),
    "ENDPOINT_REPLY_INVALID: The endpoint's reply cannot be used: the body is 42: it must be an object. Check its address, kind and model; if they are right, give this message to its operator.",
  ],
  [
    "JSON null",
    json(null),
    "ENDPOINT_REPLY_INVALID: The endpoint's reply cannot be used: the body is null: it must be an object. Check its address, kind and model; if they are right, give this message to its operator.",
  ],
  [
    "another object",
    json({ status: "Healthy", uptime: 5 }),
    "ENDPOINT_REPLY_INVALID: The endpoint's reply cannot be used: it is an object that holds status, uptime, and no outputs. Check its address, kind and model; if they are right, give this message to its operator.",
  ],
  [
    "a key twice",
    text('{"outputs":[],"outputs":[]}'),
    'ENDPOINT_REPLY_INVALID: The endpoint\'s reply cannot be used: the key "outputs" is there twice. Check its address, kind and model; if they are right, give this message to its operator.',
  ],
  [
    "an empty answer of a chat",
    json({ choices: [{ text: "a dog" }] }),
    "ENDPOINT_REPLY_INVALID: The endpoint's reply cannot be used: it is an object that holds choices, and no outputs. Check its address, kind and model; if they are right, give this message to its operator.",
  ],
  [
    "an error with 200",
    json({ error: "the model is broken" }),
    "ENDPOINT_REFUSED: The endpoint refused the request with status 200: the model is broken. Change the request or the endpoint's kind, or ask its operator: its log says more.",
  ],
  [
    "a byte order mark and nothing",
    ends(rawReply(200, "\uFEFF")),
    "ENDPOINT_REPLY_INVALID: The endpoint's reply cannot be used: it is empty. Check its address, kind and model; if they are right, give this message to its operator.",
  ],
  [
    "UTF-16",
    ends(rawReply(200, Buffer.from('\uFEFF{"outputs":[]}', "utf16le"))),
    "ENDPOINT_REPLY_INVALID: The endpoint's reply cannot be used: it is text in UTF-16, and JSON is UTF-8. Check its address, kind and model; if they are right, give this message to its operator.",
  ],
  [
    "Latin-1",
    ends(rawReply(200, Buffer.from('{"outputs":[{"name":"bild\xe4","data":5}]}', "latin1"))),
    "ENDPOINT_REPLY_INVALID: The endpoint's reply cannot be used: a string is not UTF-8 text. Check its address, kind and model; if they are right, give this message to its operator.",
  ],
  [
    "plain text",
    ends(rawReply(200, "hello from nginx", { "content-type": "text/plain" })),
    'ENDPOINT_REPLY_INVALID: The endpoint\'s reply cannot be used: at byte 0 it is not JSON but "hello from n". Check its address, kind and model; if they are right, give this message to its operator.',
  ],
  [
    "XML",
    ends(rawReply(200, "<?xml version='1.0'?><a/>", { "content-type": "text/xml" })),
    'ENDPOINT_REPLY_INVALID: The endpoint\'s reply cannot be used: at byte 0 it is not JSON but "<?xml versio". Check its address, kind and model; if they are right, give this message to its operator.',
  ],
  [
    "a web page",
    page(200, "Welcome to nginx!"),
    "ENDPOINT_REPLY_INVALID: The endpoint's reply cannot be used: it is a web page: Welcome to nginx! Check its address, kind and model; if they are right, give this message to its operator.",
  ],
  [
    "a sign-in page",
    page(200, "Log in with OpenShift"),
    "ENDPOINT_TOKEN_REFUSED: The endpoint denied access: none was sent (it answers with a sign-in page). Enter a token; one that was sent may have expired.",
  ],
  [
    "single quotes",
    text("{'outputs': []}"),
    "ENDPOINT_REPLY_INVALID: The endpoint's reply cannot be used: at byte 1 it is not JSON but \"'outputs': [\". Check its address, kind and model; if they are right, give this message to its operator.",
  ],
  [
    "a comma too many",
    text('{"outputs":[],}'),
    'ENDPOINT_REPLY_INVALID: The endpoint\'s reply cannot be used: at byte 14 it is not JSON but "}". Check its address, kind and model; if they are right, give this message to its operator.',
  ],
  [
    "a comment",
    text('{"outputs":[] /* none */}'),
    'ENDPOINT_REPLY_INVALID: The endpoint\'s reply cannot be used: at byte 14 it is not JSON but "/* none */}". Check its address, kind and model; if they are right, give this message to its operator.',
  ],
  [
    "garbage behind the JSON",
    text('{"outputs":[{"name":"o","shape":[1],"data":[1]}]}GARBAGE'),
    "ENDPOINT_REPLY_INVALID: The endpoint's reply cannot be used: 7 bytes are left behind its last tensor. Check its address, kind and model; if they are right, give this message to its operator.",
  ],
  [
    "half a binary output",
    binary([2, 2, 3], "UINT8", 12, 6),
    "ENDPOINT_REPLY_BROKEN: The endpoint's reply did not arrive completely: outputs[0].parameters.binary_data_size is 12: the body has 6 more bytes. Try again; if it happens each time, its server or a proxy in front of it cuts replies off, and its operator can fix that.",
  ],
  [
    "more than its binary output",
    binary([2, 2, 3], "UINT8", 12, 40),
    "ENDPOINT_REPLY_INVALID: The endpoint's reply cannot be used: 28 bytes are left behind its last tensor. Check its address, kind and model; if they are right, give this message to its operator.",
  ],
  [
    "a binary size below zero",
    binary([2, 2, 3], "UINT8", -12, 12),
    "ENDPOINT_REPLY_INVALID: The endpoint's reply cannot be used: outputs[0].parameters.binary_data_size is -12: it is a number of bytes. Check its address, kind and model; if they are right, give this message to its operator.",
  ],
  [
    "a binary size of no whole values",
    binary([2, 2, 3], "FP32", 13, 13),
    "ENDPOINT_REPLY_INVALID: The endpoint's reply cannot be used: outputs[0] is 13 bytes of FP32: an element has 4. Check its address, kind and model; if they are right, give this message to its operator.",
  ],
  [
    "a binary output of an unknown type",
    binary([2, 2, 3], "COMPLEX", 12, 12),
    'ENDPOINT_REPLY_INVALID: The endpoint\'s reply cannot be used: outputs[0].datatype is "COMPLEX": a datatype is one of BOOL, UINT8, UINT16, UINT32, UINT64, INT8, INT16, INT32, INT64, FP16, BF16, FP32, FP64, BYTES. Check its address, kind and model; if they are right, give this message to its operator.',
  ],
  [
    "a length of JSON beyond the body",
    ends(rawReply(200, "{}", { "inference-header-content-length": "999" })),
    "ENDPOINT_REPLY_INVALID: The endpoint's reply cannot be used: Inference-Header-Content-Length is 999: the body has 2 bytes. Check its address, kind and model; if they are right, give this message to its operator.",
  ],
  [
    "a length of JSON that is no number",
    ends(rawReply(200, "{}", { "inference-header-content-length": "x" })),
    'ENDPOINT_REPLY_INVALID: The endpoint\'s reply cannot be used: Inference-Header-Content-Length is "x": it is a number of bytes. Check its address, kind and model; if they are right, give this message to its operator.',
  ],
  [
    "a length of JSON of nothing",
    ends(rawReply(200, "{}", { "inference-header-content-length": "0" })),
    "ENDPOINT_REPLY_INVALID: The endpoint's reply cannot be used: its headers say that it contains no JSON. Check its address, kind and model; if they are right, give this message to its operator.",
  ],
  [
    "half a PNG",
    ends(rawReply(200, PNG.subarray(0, 50), { "content-type": "image/png" })),
    "ENDPOINT_PICTURE_INVALID: The endpoint's picture cannot be used: it cannot be decoded (vipspng: libpng read error). Try another seed; if it happens each time, its operator must fix the model or its server.",
  ],
  [
    "a PNG of a billion pixels",
    ends(rawReply(200, pngOf(32_000, 32_000), { "content-type": "image/png" })),
    "ENDPOINT_PICTURE_INVALID: The endpoint's picture cannot be used: it cannot be decoded (Input buffer has corrupt header). Try another seed; if it happens each time, its operator must fix the model or its server.",
  ],
  [
    "a PNG of 8,000 by 8,000 that is empty",
    ends(rawReply(200, pngOf(8000, 8000), { "content-type": "image/png" })),
    "ENDPOINT_PICTURE_INVALID: The endpoint's picture cannot be used: it cannot be decoded (Input buffer has corrupt header). Try another seed; if it happens each time, its operator must fix the model or its server.",
  ],
  [
    "the first bytes of a JPEG",
    ends(
      rawReply(200, Buffer.from("ffd8ffe000104a464946", "hex"), { "content-type": "image/jpeg" }),
    ),
    "ENDPOINT_PICTURE_INVALID: The endpoint's picture cannot be used: it cannot be decoded (Input buffer has corrupt header: VipsJpeg: premature end of JPEG image). Try another seed; if it happens each time, its operator must fix the model or its server.",
  ],
  [
    "the first bytes of a WebP",
    ends(rawReply(200, Buffer.from("RIFF\x10\0\0\0WEBPVP8 "), { "content-type": "image/webp" })),
    "ENDPOINT_PICTURE_INVALID: The endpoint's picture cannot be used: it cannot be decoded (Input buffer has corrupt header: webp: unable to parse image). Try another seed; if it happens each time, its operator must fix the model or its server.",
  ],
  [
    "a GIF",
    ends(rawReply(200, "GIF89a\x01\x00\x01\x00", { "content-type": "image/gif" })),
    'ENDPOINT_REPLY_INVALID: The endpoint\'s reply cannot be used: at byte 0 it is not JSON but "GIF89a\\u0001\\u0000\\u0001\\u0000". Check its address, kind and model; if they are right, give this message to its operator.',
  ],
  [
    "101 and another protocol",
    writes("HTTP/1.1 101 Switching\r\nupgrade: ws\r\nconnection: upgrade\r\n\r\n"),
    "ENDPOINT_REPLY_INVALID: The endpoint's reply cannot be used: it changes to a protocol that Darkroom did not ask for. Check its address, kind and model; if they are right, give this message to its operator.",
  ],
  [
    "204",
    ends("HTTP/1.1 204 No Content\r\n\r\n"),
    "ENDPOINT_REPLY_INVALID: The endpoint's reply cannot be used: it is empty. Check its address, kind and model; if they are right, give this message to its operator.",
  ],
  [
    "206",
    ends(rawReply(206, '{"outputs":[', JSON_TYPE)),
    "ENDPOINT_REPLY_BROKEN: The endpoint's reply did not arrive completely: it ends too early. Try again; if it happens each time, its server or a proxy in front of it cuts replies off, and its operator can fix that.",
  ],
  [
    "304",
    ends("HTTP/1.1 304 Not Modified\r\n\r\n"),
    "ENDPOINT_REPLY_INVALID: The endpoint's reply cannot be used: it says that nothing has changed. Check its address, kind and model; if they are right, give this message to its operator.",
  ],
  [
    "302 to a login",
    ends(rawReply(302, "", { location: "https://oauth.example/oauth/authorize?state=secret" })),
    "ENDPOINT_TOKEN_REFUSED: The endpoint denied access: none was sent (it sends us to its sign-in page). Enter a token; one that was sent may have expired.",
  ],
  [
    "301 elsewhere",
    ends(rawReply(301, "", { location: "https://new.example/v2?token=secret" })),
    "ENDPOINT_MOVED: The endpoint has moved to https://new.example/v2. Nothing was sent there; change its address if you trust the new one.",
  ],
  [
    "307 to nowhere",
    ends(rawReply(307, "", {})),
    "ENDPOINT_REPLY_INVALID: The endpoint's reply cannot be used: it is a redirect to no web address. Check its address, kind and model; if they are right, give this message to its operator.",
  ],
  [
    "308 to a script",
    ends(rawReply(308, "", { location: "javascript:alert(1)" })),
    "ENDPOINT_REPLY_INVALID: The endpoint's reply cannot be used: it is a redirect to no web address. Check its address, kind and model; if they are right, give this message to its operator.",
  ],
  [
    "400 of another schema",
    refused(400, { error: "inputs[0].shape is missing" }),
    "ENDPOINT_REFUSED: The endpoint refused the request with status 400: inputs[0].shape is missing. Change the request or the endpoint's kind, or ask its operator: its log says more.",
  ],
  [
    "401",
    refused(401, {}),
    "ENDPOINT_TOKEN_REFUSED: The endpoint denied access: none was sent (it gives no reason). Enter a token; one that was sent may have expired.",
  ],
  [
    "403 in plain text",
    ends(rawReply(403, "RBAC: access denied", { "content-type": "text/plain" })),
    "ENDPOINT_TOKEN_REFUSED: The endpoint denied access: none was sent (RBAC: access denied). Enter a token; one that was sent may have expired.",
  ],
  [
    "400 of a wrong key",
    refused(400, { code: 400, type: "InvalidKeyException", message: "Token Authorization failed" }),
    "ENDPOINT_TOKEN_REFUSED: The endpoint denied access: none was sent (InvalidKeyException: Token Authorization failed). Enter a token; one that was sent may have expired.",
  ],
  [
    "404 of a model",
    refused(404, { error: "Model with name kt2 does not exist." }),
    "ENDPOINT_MODEL_UNKNOWN: The endpoint has no such model: Model with name kt2 does not exist. Choose a name that it lists; the service's own name is often different.",
  ],
  [
    "404 of a path",
    refused(404, { detail: "Not Found" }),
    "ENDPOINT_NOT_SERVED: No service answers at the endpoint's address (status 404): Not Found. Check the address; if it is right, ask its operator whether the service is running.",
  ],
  [
    "404 and nothing",
    ends(rawReply(404, "")),
    "ENDPOINT_NOT_SERVED: No service answers at the endpoint's address (status 404): it gives no reason. Check the address; if it is right, ask its operator whether the service is running.",
  ],
  [
    "405",
    refused(405, { detail: "Method Not Allowed" }),
    "ENDPOINT_REFUSED: The endpoint refused the request with status 405: Method Not Allowed. Change the request or the endpoint's kind, or ask its operator: its log says more.",
  ],
  [
    "408",
    refused(408, {}),
    "ENDPOINT_TIMED_OUT: The endpoint's route or a proxy gave up waiting (status 408). Ask its operator for a longer timeout (on OpenShift the route's annotation), or ask for fewer steps.",
  ],
  [
    "411",
    page(411, "411 Length Required"),
    "ENDPOINT_REFUSED: The endpoint refused the request with status 411: 411 Length Required. Change the request or the endpoint's kind, or ask its operator: its log says more.",
  ],
  [
    "413",
    page(413, "413 Request Entity Too Large"),
    "ENDPOINT_FAULT: The endpoint's server failed (status 413): the request is larger than the endpoint takes. Shorten the prompt or send a smaller start picture, or raise max_request_size in config.properties and the router's limit.",
  ],
  [
    "415",
    refused(415, { detail: "Unsupported Media Type" }),
    "ENDPOINT_REFUSED: The endpoint refused the request with status 415: Unsupported Media Type. Change the request or the endpoint's kind, or ask its operator: its log says more.",
  ],
  [
    "422",
    refused(422, { detail: [{ loc: ["body", "inputs"], msg: "Field required" }] }),
    "ENDPOINT_REFUSED: The endpoint refused the request with status 422: body.inputs: Field required. Change the request or the endpoint's kind, or ask its operator: its log says more.",
  ],
  [
    "429",
    refused(429, { error: "slow down" }),
    "ENDPOINT_BUSY: The endpoint is busy (status 429): slow down. Try again later.",
  ],
  [
    "500 and nothing",
    ends(rawReply(500, "")),
    "ENDPOINT_FAULT: The endpoint's server failed (status 500): it gives no reason. Try again, or ask its operator: the server's log says more.",
  ],
  [
    "500 and a stack",
    ends(
      rawReply(500, 'Traceback (most recent call last):\n  File "x.py", line 1\nValueError: bad', {
        "content-type": "text/plain",
      }),
    ),
    "ENDPOINT_FAULT: The endpoint's server failed (status 500): Traceback (most recent call last): File \"x.py\", line 1 ValueError: bad. Try again, or ask its operator: the server's log says more.",
  ],
  [
    "500 out of memory",
    refused(500, { error: "CUDA out of memory. Tried to allocate 20 MiB" }),
    "ENDPOINT_FAULT: The endpoint's server failed (status 500): its device or its container has no memory left. Ask for a smaller picture, or give the deployment more memory.",
  ],
  [
    "500 and a worker that died",
    refused(500, { code: 500, type: "InternalServerException", message: "Worker died." }),
    "ENDPOINT_FAULT: The endpoint's server failed (status 500): TorchServe's worker died: the picture took longer than responseTimeout, or its reply was larger than max_response_size. Raise responseTimeout in model_snapshot, or max_response_size (a 768x768 picture takes 8 MB, so 30000000 is a good value), in config.properties.",
  ],
  [
    "500 around a dead server",
    refused(500, { error: "ConnectError : All connection attempts failed" }),
    "ENDPOINT_FAULT: The endpoint's server failed (status 500): KServe's wrapper runs, but its TorchServe does not. Delete the pod so that it starts again, and read its log: TorchServe has most likely run out of memory.",
  ],
  [
    "501",
    refused(501, { error: "not implemented" }),
    "ENDPOINT_FAULT: The endpoint's server failed (status 501): not implemented. Try again, or ask its operator: the server's log says more.",
  ],
  [
    "502",
    page(502, "502 Bad Gateway"),
    "ENDPOINT_NOT_SERVED: No service answers at the endpoint's address (status 502): 502 Bad Gateway. Check the address; if it is right, ask its operator whether the service is running.",
  ],
  [
    "503 of a full queue",
    refused(503, { error: "the queue is full" }),
    "ENDPOINT_BUSY: The endpoint is busy (status 503): the queue is full. Try again later.",
  ],
  [
    "503 of a router",
    ends(rawReply(503, "no healthy upstream", { "content-type": "text/plain" })),
    "ENDPOINT_NOT_SERVED: No service answers at the endpoint's address (status 503): no healthy upstream. Check the address; if it is right, ask its operator whether the service is running.",
  ],
  [
    "504",
    page(504, "504 Gateway Time-out"),
    "ENDPOINT_TIMED_OUT: The endpoint's route or a proxy gave up waiting (status 504). Ask its operator for a longer timeout (on OpenShift the route's annotation), or ask for fewer steps.",
  ],
  [
    "507",
    refused(507, { error: "no space" }),
    "ENDPOINT_FAULT: The endpoint's server failed (status 507): no space. Try again, or ask its operator: the server's log says more.",
  ],
  [
    "an error of 2 MB",
    refused(500, { error: "x".repeat(2_000_000) }),
    'ENDPOINT_FAULT: The endpoint\'s server failed (status 500): {"error":"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx… Try again, or ask its operator: the server\'s log says more.',
  ],
  [
    "an error of control characters",
    refused(500, { error: "a\u0007\u001b[31mred\nline" }),
    "ENDPOINT_FAULT: The endpoint's server failed (status 500): a [31mred line. Try again, or ask its operator: the server's log says more.",
  ],
  [
    "an error that is no text",
    refused(500, { error: { nested: { deep: 1 } } }),
    'ENDPOINT_FAULT: The endpoint\'s server failed (status 500): {"error":{"nested":{"deep":1}}}. Try again, or ask its operator: the server\'s log says more.',
  ],
  [
    "999",
    ends(rawReply(999, "{}")),
    "ENDPOINT_FAULT: The endpoint's server failed (status 999): it gives no reason. Try again, or ask its operator: the server's log says more.",
  ],
  [
    "a status that is no number",
    writes("HTTP/1.1 abc OK\r\n\r\n"),
    "ENDPOINT_REPLY_INVALID: The endpoint's reply cannot be used: it is not HTTP. Check its address, kind and model; if they are right, give this message to its operator.",
  ],
  [
    "HTTP/3.0",
    writes("HTTP/3.0 200 OK\r\ncontent-length: 2\r\n\r\n{}"),
    "ENDPOINT_REPLY_INVALID: The endpoint's reply cannot be used: it is not HTTP. Check its address, kind and model; if they are right, give this message to its operator.",
  ],
];

const V1: readonly Row[] = [
  [
    "predictions of nothing",
    json({ predictions: [] }),
    "ENDPOINT_REPLY_INVALID: The endpoint's reply cannot be used: there is no picture in it. Check its address, kind and model; if they are right, give this message to its operator.",
  ],
  [
    "predictions of words",
    json({ predictions: ["cat", "dog"] }),
    'ENDPOINT_REPLY_INVALID: The endpoint\'s reply cannot be used: the output "predictions" is "cat": that is text, not a picture. Check its address, kind and model; if they are right, give this message to its operator.',
  ],
  [
    "predictions of classes",
    json({ predictions: [{ label: "cat", score: 0.9 }] }),
    'ENDPOINT_REPLY_INVALID: The endpoint\'s reply cannot be used: the output "predictions" is an object: a picture would be under image, generated_image, b64_json, b64, data, bytes. Check its address, kind and model; if they are right, give this message to its operator.',
  ],
  [
    "predictions of scores",
    json({ predictions: [0.1, 0.9] }),
    'ENDPOINT_REPLY_INVALID: The endpoint\'s reply cannot be used: the output "predictions" is of 2 values: its shape is missing, and it is not a square picture. Check its address, kind and model; if they are right, give this message to its operator.',
  ],
  [
    "predictions of null",
    json({ predictions: null }),
    'ENDPOINT_REPLY_INVALID: The endpoint\'s reply cannot be used: the output "predictions" is null: that is not a picture. Check its address, kind and model; if they are right, give this message to its operator.',
  ],
  [
    "500 of a handler",
    refused(500, { error: "Prediction failed" }),
    "ENDPOINT_FAULT: The endpoint's server failed (status 500): the model's handler failed (Prediction failed). Read the pod's log, which has the Python error; a prompt of another shape or a half-precision model in float32 code are the usual causes.",
  ],
];

const OPENAI: readonly Row[] = [
  [
    "an address of a picture",
    json({ created: 1, data: [{ url: "https://files.example/a.png" }] }),
    'ENDPOINT_REPLY_INVALID: The endpoint\'s reply cannot be used: the output "data" is the address of a picture: Darkroom takes pictures from the endpoint alone, as base64. Check its address, kind and model; if they are right, give this message to its operator.',
  ],
  [
    "no pictures",
    json({ created: 1, data: [] }),
    "ENDPOINT_REPLY_INVALID: The endpoint's reply cannot be used: there is no picture in it. Check its address, kind and model; if they are right, give this message to its operator.",
  ],
  [
    "a refusal by policy",
    refused(400, {
      error: {
        message: "Your request was rejected by our safety system.",
        type: "invalid_request_error",
        code: "content_policy_violation",
      },
    }),
    "ENDPOINT_REFUSED: The endpoint refused the request with status 400: invalid_request_error: Your request was rejected by our safety system. Change the request or the endpoint's kind, or ask its operator: its log says more.",
  ],
  [
    "an account without credit",
    refused(429, {
      error: { message: "You exceeded your current quota", type: "insufficient_quota" },
    }),
    "ENDPOINT_REFUSED: The endpoint refused the request with status 429: insufficient_quota: You exceeded your current quota. Change the request or the endpoint's kind, or ask its operator: its log says more.",
  ],
  [
    "an unknown model",
    refused(404, {
      error: {
        message: "The model `sd` does not exist",
        type: "invalid_request_error",
        code: "model_not_found",
      },
    }),
    "ENDPOINT_MODEL_UNKNOWN: The endpoint has no such model: invalid_request_error: The model `sd` does not exist. Choose a name that it lists; the service's own name is often different.",
  ],
  [
    "base64 with a line break in it",
    json({ data: [{ b64_json: "iVBO\nRw0K" }] }),
    'ENDPOINT_REPLY_INVALID: The endpoint\'s reply cannot be used: the output "data" is "iVBO\\nRw0K": that is text, not a picture. Check its address, kind and model; if they are right, give this message to its operator.',
  ],
];

const A1111: readonly Row[] = [
  [
    "images of nothing",
    json({ images: [], parameters: {}, info: "{}" }),
    "ENDPOINT_REPLY_INVALID: The endpoint's reply cannot be used: there is no picture in it. Check its address, kind and model; if they are right, give this message to its operator.",
  ],
  [
    "images of null",
    json({ images: [null], info: "" }),
    'ENDPOINT_PICTURE_INVALID: The endpoint\'s picture cannot be used: a pixel of the output "images" is null: that is not a colour. Try another seed; if it happens each time, its operator must fix the model or its server.',
  ],
  [
    "info that is no JSON",
    json({ images: [PNG.toString("base64")], info: "{seed: 5" }),
    "a picture",
  ],
  [
    "a model that is loading",
    refused(500, { error: "RuntimeError", detail: "", body: "", errors: "Couldn't load model" }),
    "ENDPOINT_FAULT: The endpoint's server failed (status 500): RuntimeError: Couldn't load model. Try again, or ask its operator: the server's log says more.",
  ],
  [
    "a server without its API",
    refused(404, { detail: "Not Found" }),
    "ENDPOINT_NOT_SERVED: No service answers at the endpoint's address (status 404): Not Found. Check the address; if it is right, ask its operator whether the service is running.",
  ],
];

async function told(kind: EndpointKind, url: string): Promise<string> {
  const { endpoints } = await openEndpoints({
    timing: { connectMs: 5000, idleMs: 1000, bodyMs: 5000 },
  });
  const { id } = await endpoints.add(added(url, { kind, model: "sd" }));
  const { signal } = new AbortController();
  const error: unknown = await endpoints.draw(id, { ...ORDER, model: "sd" }, { signal }).then(
    () => "a picture",
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof StudioError)) return String(error);
  return `${error.code}: ${error.message.replaceAll(/127\.0\.0\.1:\d+/g, "HOST")}`;
}

const rowsOf = (kind: EndpointKind, rows: readonly Row[]) =>
  rows.map(([name, script, expected]) => ({ kind, name, script, expected }));
const ROWS = [
  ...rowsOf("v2", V2),
  ...rowsOf("v1", V1),
  ...rowsOf("openai", OPENAI),
  ...rowsOf("a1111", A1111),
];

test.each(ROWS)("$kind: $name", async ({ kind, script, expected }) => {
  const { url } = await scriptedServer(script);
  expect(await told(kind, url)).toBe(expected);
});

const OK = { ":status": 200, "content-type": "application/grpc+proto" };
const grpc =
  (frame: Uint8Array, status = "0", message = "") =>
  (stream: ServerHttp2Stream) => {
    stream.respond(OK, { waitForTrailers: true });
    stream.on("wantTrailers", () =>
      stream.sendTrailers({ "grpc-status": status, ...(message && { "grpc-message": message }) }),
    );
    stream.end(frame);
  };
const trailers = (status: string, message: string) => (stream: ServerHttp2Stream) => {
  stream.respond(
    {
      ...OK,
      "grpc-status": status,
      "grpc-message": encodeURI(message),
      "grpc-retry-pushback-ms": "400000",
    },
    { endStream: true },
  );
};
const bytesOf = (parts: Parameters<typeof join>[0]) => Buffer.concat([...join(parts).chunks]);
const tensor = (datatype: string, shape: readonly number[], raw: Uint8Array) =>
  grpcFrame(
    bytesOf([
      field(5, join([textField(1, "image"), textField(2, datatype), packedField(3, shape)])),
      field(6, chunk(raw)),
    ]),
  );

const GRPC: readonly (readonly [string, (stream: ServerHttp2Stream) => void, string])[] = [
  [
    "nothing in the message",
    grpc(grpcFrame(new Uint8Array())),
    "ENDPOINT_REPLY_INVALID: The endpoint's reply cannot be used: there is no picture in it. Check its address, kind and model; if they are right, give this message to its operator.",
  ],
  [
    "no message",
    grpc(new Uint8Array()),
    "ENDPOINT_REPLY_BROKEN: The endpoint's reply did not arrive completely: the call ended without a message. Try again; if it happens each time, its server or a proxy in front of it cuts replies off, and its operator can fix that.",
  ],
  [
    "a frame that is cut",
    grpc(grpcFrame(Buffer.alloc(5), 500)),
    "ENDPOINT_REPLY_BROKEN: The endpoint's reply did not arrive completely: the call ended without a message. Try again; if it happens each time, its server or a proxy in front of it cuts replies off, and its operator can fix that.",
  ],
  [
    "a frame of 4 GB",
    grpc(grpcFrame(Buffer.alloc(5), 0xffffffff)),
    "ENDPOINT_REPLY_TOO_LARGE: The endpoint's reply is too large: it has more than 64 MiB. Ask for a smaller picture, or for one at a time.",
  ],
  [
    "a compressed frame that is none",
    grpc(grpcFrame(Buffer.from("abc"), 3, 1)),
    "ENDPOINT_REPLY_BROKEN: The endpoint's reply did not arrive completely: its compression is damaged. Try again; if it happens each time, its server or a proxy in front of it cuts replies off, and its operator can fix that.",
  ],
  [
    "no protobuf",
    grpc(grpcFrame(Buffer.from("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", "latin1"))),
    "ENDPOINT_REPLY_INVALID: The endpoint's reply cannot be used: it has a number of more than 64 bits. Check its address, kind and model; if they are right, give this message to its operator.",
  ],
  [
    "half a tensor",
    grpc(tensor("UINT8", [2, 2, 3], new Uint8Array(6))),
    'ENDPOINT_REPLY_INVALID: The endpoint\'s reply cannot be used: the output "image".shape is [2, 2, 3]: the data has 6 elements. Check its address, kind and model; if they are right, give this message to its operator.',
  ],
  [
    "NaN",
    grpc(tensor("FP32", [1, 1, 3], new Uint8Array(new Float32Array([NaN, 0, 1]).buffer))),
    'ENDPOINT_PICTURE_INVALID: The endpoint\'s picture cannot be used: a pixel of the output "image" is NaN: that is not a colour. Try another seed; if it happens each time, its operator must fix the model or its server.',
  ],
  [
    "a tensor of an unknown type",
    grpc(tensor("COMPLEX", [2, 2, 3], new Uint8Array(12))),
    'ENDPOINT_REPLY_INVALID: The endpoint\'s reply cannot be used: outputs[0].datatype is "COMPLEX": a datatype is one of BOOL, UINT8, UINT16, UINT32, UINT64, INT8, INT16, INT32, INT64, FP16, BF16, FP32, FP64, BYTES. Check its address, kind and model; if they are right, give this message to its operator.',
  ],
  [
    "unauthenticated",
    trailers("16", "no token"),
    "ENDPOINT_TOKEN_REFUSED: The endpoint denied access: none was sent (no token). Enter a token; one that was sent may have expired.",
  ],
  [
    "permission denied",
    trailers("7", "RBAC: access denied"),
    "ENDPOINT_TOKEN_REFUSED: The endpoint denied access: none was sent (RBAC: access denied). Enter a token; one that was sent may have expired.",
  ],
  [
    "not found",
    trailers("5", "Request for unknown model: 'sd' is not found"),
    "ENDPOINT_MODEL_UNKNOWN: The endpoint has no such model: Request for unknown model: 'sd' is not found. Choose a name that it lists; the service's own name is often different.",
  ],
  [
    "unimplemented",
    trailers("12", "unknown service inference.GRPCInferenceService"),
    "ENDPOINT_NOT_SERVED: No service answers at the endpoint's address (status 404): unknown service inference.GRPCInferenceService. Check the address; if it is right, ask its operator whether the service is running.",
  ],
  [
    "resource exhausted",
    trailers("8", "trying to send message larger than max (8000000 vs. 4194304)"),
    "ENDPOINT_FAULT: The endpoint's server failed (status 429): its reply is larger than its limit of gRPC messages. Raise that limit, which is 4 MB by default, ask for a smaller picture, or use its REST address.",
  ],
  [
    "exhausted memory",
    trailers("8", "CUDA out of memory"),
    "ENDPOINT_FAULT: The endpoint's server failed (status 429): its device or its container has no memory left. Ask for a smaller picture, or give the deployment more memory.",
  ],
  [
    "deadline exceeded",
    trailers("4", "Deadline Exceeded"),
    "ENDPOINT_TIMED_OUT: The endpoint's route or a proxy gave up waiting (status 504). Ask its operator for a longer timeout (on OpenShift the route's annotation), or ask for fewer steps.",
  ],
  [
    "internal",
    trailers("13", "an error in the model"),
    "ENDPOINT_FAULT: The endpoint's server failed (status 500): an error in the model. Try again, or ask its operator: the server's log says more.",
  ],
  [
    "unavailable",
    trailers("14", "the queue is full"),
    "ENDPOINT_BUSY: The endpoint is busy (status 503): the queue is full. Try again later.",
  ],
  [
    "a status that is none",
    trailers("99", "?"),
    "ENDPOINT_FAULT: The endpoint's server failed (status 500): ? Try again, or ask its operator: the server's log says more.",
  ],
  [
    "a web page",
    (stream) => {
      stream.respond({ ":status": 200, "content-type": "text/html" });
      stream.end("<html>");
    },
    'ENDPOINT_REPLY_INVALID: The endpoint\'s reply cannot be used: it is "text/html" over HTTP, not gRPC. Check its address, kind and model; if they are right, give this message to its operator.',
  ],
  [
    "403 over HTTP/2",
    (stream) => {
      stream.respond({ ":status": 403 });
      stream.end("no");
    },
    "ENDPOINT_TOKEN_REFUSED: The endpoint denied access: none was sent (Received HTTP status code 403). Enter a token; one that was sent may have expired.",
  ],
  [
    "503 over HTTP/2",
    (stream) => {
      stream.respond({ ":status": 503 });
      stream.end("no");
    },
    "ENDPOINT_NOT_SERVED: No service answers at the endpoint's address (status 503): Received HTTP status code 503. Check the address; if it is right, ask its operator whether the service is running.",
  ],
  [
    "a reset",
    (stream) => stream.close(2),
    "ENDPOINT_REPLY_BROKEN: The endpoint's reply did not arrive completely: it ended the call. Try again; if it happens each time, its server or a proxy in front of it cuts replies off, and its operator can fix that.",
  ],
  [
    "a broken connection",
    (stream) => stream.session?.destroy(),
    "ENDPOINT_UNREACHABLE: HOST did not answer: the connection broke. Check the address and the network, and try again.",
  ],
];

test.each(GRPC)("grpc: %s", async (_, script, expected) => {
  expect(await told("grpc", await scriptedGrpcServer(script))).toBe(expected);
});

test("more than a hundred kinds of failure differ, and each says what happened and what to do", () => {
  const all = [...ROWS.map(({ expected }) => expected), ...GRPC.map(([, , expected]) => expected)];
  expect(new Set(all).size).toBeGreaterThan(100);
  for (const sentences of all.filter((one) => one !== "a picture")) {
    expect(sentences).toMatch(/^ENDPOINT_[A-Z_]+: .+[.!?…] [A-Z].+\.$/);
    expect(sentences).not.toMatch(/undefined|\[object|[.!?]\.(?: |$)/);
  }
});
