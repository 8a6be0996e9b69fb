/** A request to both, and the intended difference between their replies. */
export interface AskedOfBoth {
  readonly method: string;
  readonly path: string;
  readonly body?: string;
  readonly type?: string;
  /** The row of the table in assets/deploy/README.md that explains it. */
  readonly row?: string;
}

const NAME = "stable-diffusion";
const V2 = `/v2/models/${NAME}`;
const V1 = `/v1/models/${NAME}`;
const PROMPT = { name: "input0", shape: [-1], datatype: "BYTES", data: ["Photo of a dog"] };

/** The notebook's request, with a change. */
function asked(change: object = {}): string {
  return JSON.stringify({ id: "42", inputs: [PROMPT], ...change });
}

function input(change: object): string {
  return asked({ inputs: [{ ...PROMPT, ...change }] });
}

function get(path: string, row?: string): AskedOfBoth {
  return { method: "GET", path, ...(row !== undefined && { row }) };
}

function post(path: string, body: string = asked(), row?: string): AskedOfBoth {
  const type = "application/json";
  return { method: "POST", path, body, type, ...(row !== undefined && { row }) };
}

/** Refusals in this row have the same status and type. */
export const WORDS = "the words of a refusal";

const ROWS = {
  unread: "no prompt, broken JSON",
  unfit: "a tensor whose datatype, shape and data do not fit",
  text: "`text/plain`",
  instances: "v1's `instances`",
  large: "a request beyond `max_request_size`",
  fetched: "`POST /models?url=https://…` or `../…`",
  numbers: "a number that is none, in a query",
  metadata: "`GET /v2` and `GET /v2/models/NAME` at 8080",
  versions: "`…/versions/1.0…` at 8080",
  slash: "a slash too many at 8080",
  unknown: "an unknown address, model or method at 8080",
  index: "`/v2/repository/index` at 8080",
  outputs: "a request with outputs, parameters or inputs by name",
  beside: "`/`, `/v2…`, `/v1/models`, `/invocations` at 8085",
  document: "the OpenAPI document",
  methods: "a method that an address does not name",
  words: WORDS,
  type: "a Content-Type",
  explain: "`explain`, workflows",
  sharing: "`/models/NAME/VERSION` where both APIs share an address",
} as const;

const TEXT = "text/plain";

/** Sent to TorchServe's address for inference and management. */
export const TORCHSERVE_REQUESTS: readonly AskedOfBoth[] = [
  get("/ping"),
  { method: "POST", path: "/ping", row: ROWS.methods },
  get("/", ROWS.beside),
  { method: "OPTIONS", path: "/", row: ROWS.document },
  get("/api-description", ROWS.document),
  ...[`/predictions/${NAME}`, `/predictions/${NAME}/1.0`, `${V2}/infer`, `${V1}:predict`].map(
    (path) => post(path, asked(), ROWS.type),
  ),
  ...[`/models/${NAME}/invoke`, `/${NAME}/predict`].map((path) => post(path, asked(), ROWS.type)),
  { ...post(`/predictions/${NAME}`, asked(), ROWS.type), method: "PUT" },
  post(`${V2}/infer`, asked({ id: "9" }), ROWS.type),
  post(`${V2}/infer`, input({ shape: [1, 1], data: [["a dog"]] }), ROWS.type),
  post(`${V2}/infer`, asked({ outputs: [{ name: "output0" }] }), ROWS.type),
  post("/invocations", asked(), ROWS.beside),
  post(`/predictions/${NAME}/2.0`),
  post("/predictions/nope"),
  post("/v2/models/nope/infer"),
  post("/v1/models/nope:predict"),
  post("/predictions"),
  post(`/predictions/${NAME}`, "{bad", ROWS.unread),
  post(`/predictions/${NAME}`, "", ROWS.unread),
  post(`/predictions/${NAME}`, JSON.stringify({ id: "1" }), ROWS.unread),
  post(`/predictions/${NAME}`, asked({ inputs: [] }), ROWS.unread),
  post(`/predictions/${NAME}`, input({ data: [] }), ROWS.unread),
  { ...post(`/predictions/${NAME}`, "Photo of a dog", ROWS.text), type: TEXT },
  { ...post(`/predictions/${NAME}`, asked(), ROWS.text), type: TEXT },
  post(`/predictions/${NAME}`, input({ data: [7] }), ROWS.unfit),
  post(`/predictions/${NAME}`, input({ datatype: "FP32" }), ROWS.unfit),
  post(`/predictions/${NAME}`, input({ datatype: "NONE" }), ROWS.unfit),
  post(`/predictions/${NAME}`, input({ shape: [3] }), ROWS.unfit),
  post(`/predictions/${NAME}`, asked({ x: "y".repeat(7_000_000) }), ROWS.large),
  post(`${V1}:predict`, JSON.stringify({ instances: ["a dog"] }), ROWS.instances),
  get(`/predictions/${NAME}`, ROWS.methods),
  get(`${V2}/infer`, ROWS.methods),
  get(V2, ROWS.beside),
  get("/v2", ROWS.beside),
  get("/v2/health/ready", ROWS.beside),
  get("/v1/models", ROWS.beside),
  post(`${V2}/explain`, asked(), ROWS.explain),
  post(`/explanations/${NAME}`, asked(), ROWS.explain),
  get("/workflows", ROWS.explain),
  get(V1),
  get("/v1/models/nope"),
  get("/nothing"),
  get("/models"),
  get("/models?limit=x", ROWS.numbers),
  get(`/models/${NAME}`),
  get(`/models/${NAME}/1.0`, ROWS.sharing),
  get("/models/nope"),
  { method: "PATCH", path: "/models", row: ROWS.words },
  { method: "POST", path: "/models", row: ROWS.words },
  { method: "POST", path: "/models?url=nope.mar" },
  { method: "POST", path: "/models?url=../x.mar", row: ROWS.fetched },
  { method: "POST", path: "/models?url=https://example.org/x.mar", row: ROWS.fetched },
  {
    method: "POST",
    path: `/models?url=${NAME}.mar&model_name=beside&initial_workers=1&synchronous=true`,
  },
  { method: "POST", path: `/models?url=${NAME}.mar&model_name=beside`, row: ROWS.words },
  { method: "PUT", path: "/models/beside?min_worker=1&synchronous=true" },
  { method: "PUT", path: "/models/beside?min_worker=x", row: ROWS.numbers },
  { method: "PUT", path: "/models/nope?min_worker=1" },
  { method: "PUT", path: "/models/beside/1.0/set-default" },
  { method: "PUT", path: "/models/beside/9.9/set-default", row: ROWS.words },
  { method: "PUT", path: "/models/beside/9.9?min_worker=1", row: ROWS.sharing },
  { method: "DELETE", path: "/models/beside/9.9", row: ROWS.sharing },
  { method: "DELETE", path: "/models/beside" },
  { method: "DELETE", path: "/models/beside" },
];

/** Sent to the address of KServe's wrapper. */
export const WRAPPER_REQUESTS: readonly AskedOfBoth[] = [
  get("/"),
  get("/v2", ROWS.metadata),
  get("/v2/health/live"),
  get("/v2/health/ready"),
  get("/v2/models"),
  get("/v1/models"),
  get(V1),
  get(V2, ROWS.metadata),
  get(`${V2}/ready`),
  get(`${V2}/versions/1.0`, ROWS.versions),
  get(`${V2}/versions/1.0/ready`, ROWS.versions),
  post(`${V2}/versions/1.0/infer`, asked(), ROWS.versions),
  ...["/v2/models/nope", "/v2/models/nope/ready", "/v1/models/nope"].map((path) =>
    get(path, ROWS.words),
  ),
  post("/v2/models/nope/infer", asked(), ROWS.words),
  post("/v1/models/nope:predict", asked(), ROWS.words),
  post(`${V2}/infer`),
  post(`${V2}/infer`, asked({ id: undefined })),
  post(`${V2}/infer`, asked({ outputs: [{ name: "output0" }] })),
  post(`${V2}/infer`, input({ shape: [1, 1], data: [["a"]] })),
  post(`${V2}/infer`, asked({ parameters: { steps: 2 } }), ROWS.outputs),
  post(`${V2}/infer`, input({ shape: -1, data: "a" }), ROWS.unfit),
  post(`${V2}/infer`, input({ datatype: "FP32" }), ROWS.unfit),
  post(`${V2}/infer`, input({ datatype: "NONE" }), ROWS.unfit),
  post(`${V2}/infer`, asked({ inputs: [] }), ROWS.unread),
  post(`${V2}/infer`, JSON.stringify({ id: "1" }), ROWS.unread),
  post(`${V2}/infer`, "{bad", ROWS.unread),
  { ...post(`${V2}/infer`, asked(), ROWS.text), type: TEXT },
  post(`${V2}/infer/`, asked(), ROWS.slash),
  post(`${V1}:predict`),
  post(`${V1}:predict`, JSON.stringify({ instances: ["a"] }), ROWS.instances),
  post(`${V1}:predict`, "{bad", ROWS.words),
  post(`${V1}:explain`, asked(), ROWS.explain),
  get(`${V2}/infer`, ROWS.unknown),
  { method: "PUT", path: `${V2}/infer`, row: ROWS.unknown },
  { method: "POST", path: "/v2/health/live", row: ROWS.unknown },
  get("/nothing", ROWS.unknown),
  { method: "POST", path: "/v2/repository/index", row: ROWS.index },
  { method: "POST", path: "/v2/repository/models/nope/load", row: ROWS.unknown },
  { method: "POST", path: `/v2/repository/models/${NAME}/load` },
];
