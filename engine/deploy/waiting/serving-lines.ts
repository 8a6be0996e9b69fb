import type { KnownLine } from "./known-line.ts";

/** Lines of TorchServe and of KServe's wrapper in front of it; those closer to a cause come first. */
export const SERVING_LINES: readonly KnownLine[] = [
  {
    pattern: /request_envelope\.<no value>/,
    meaning:
      "TS_SERVICE_ENVELOPE is set to <no value>, and no service envelope has that name, so the worker cannot start.",
    trouble: "model-failed",
    advice: "Remove TS_SERVICE_ENVELOPE from the serving runtime; Darkroom's own leaves it out.",
  },
  {
    pattern: /ModuleNotFoundError: No module named '?([^'\s]+)'?/,
    meaning: ([, module]) =>
      `The handler needs the Python package ${module}, which is not installed.`,
    trouble: "model-failed",
    advice:
      "Name it in the archive's requirements.txt, and set install_py_dep_per_model=true in config.properties.",
  },
  {
    pattern: /(CUDA out of memory|torch\.(?:cuda\.)?OutOfMemoryError|CUDNN_STATUS_ALLOC_FAILED)/,
    meaning: "The GPU's memory is full.",
    trouble: "out-of-memory",
    advice: "Use a GPU with more memory, smaller images, or fewer workers on one GPU.",
  },
  {
    pattern:
      /DefaultCPUAllocator: can't allocate memory|java\.lang\.OutOfMemoryError|MemoryError\b/,
    meaning: "The container's memory is full.",
    trouble: "out-of-memory",
    advice: "Raise the memory limit.",
  },
  {
    pattern: /Torch not compiled with CUDA|no NVIDIA driver|CUDA driver version is insufficient/,
    meaning: "The image's PyTorch cannot use the GPU of this node.",
    trouble: "model-failed",
    advice: "Use an image whose CUDA suits the node's driver, or a node with a GPU.",
  },
  {
    pattern: /expected .*same dtype|got Half and Float/,
    meaning: "Parts of the model were loaded in different precisions.",
    trouble: "model-failed",
    advice: "The handler must name torch_dtype; publish the model again with Darkroom's handler.",
  },
  {
    pattern: /PermissionError|Permission denied|AccessDeniedException|Read-only file system/,
    meaning: "The container may not write where it has to.",
    trouble: "model-failed",
    advice: "Build the image from the Containerfile below, whose folders every user may write to.",
  },
  {
    pattern:
      /(?:FileNotFoundError|NoSuchFileException|No such file or directory).*config\.properties/,
    meaning: "There is no config/config.properties under /mnt/models.",
    trouble: "model-failed",
    advice:
      "The path must be the folder that holds config/ and model-store/, with a slash at its end.",
  },
  {
    pattern: /ModelMissingError|Failed to load the model.*no model|ModelNotFoundException/,
    meaning: "TorchServe finds no archive in /mnt/models/model-store.",
    trouble: "model-failed",
    advice:
      "The path must be the folder that holds config/ and model-store/, with a slash at its end.",
  },
  {
    pattern: /InvalidSnapshotException|Failed to (?:load|validate) snapshot/,
    meaning: "model_snapshot of config.properties names an archive that is not there.",
    trouble: "model-failed",
    advice: "Publish the model again, so that config.properties and the archive agree.",
  },
  {
    pattern:
      /Could not install package|pip.*(?:No matching distribution|ConnectionError|Max retries)/i,
    meaning: "A Python package of the archive's requirements.txt could not be installed.",
    trouble: "model-failed",
    advice: "Give the pod a way to a package index, or install the packages in the image.",
  },
  {
    pattern: /no worker to serve inference request|ServiceUnavailableException/,
    meaning: "The line of waiting requests is full, and a request was refused.",
    trouble: "queue-full",
    advice: "Send fewer at once, add replicas, or raise job_queue_size in config.properties.",
  },
  {
    pattern: /TooLongFrameException|Message size exceed limit/,
    meaning: "A picture was larger than max_response_size, so the worker was ended.",
    trouble: "worker-died",
    advice: "Raise max_response_size in config.properties; 30,000,000 is enough for 768×768.",
  },
  {
    pattern: /Backend worker did not respond in given time/,
    meaning: "A picture took longer than responseTimeout, so the worker was ended.",
    trouble: "worker-died",
    advice: "Raise responseTimeout in model_snapshot of config.properties.",
  },
  {
    pattern: /Failed loading model (\S+)/,
    meaning: "The wrapper gave up: TorchServe does not know the model.",
    trouble: "model-failed",
    advice: "The name in model_snapshot must be the one of an archive in model-store/.",
  },
  {
    pattern:
      /State change \w+ -> WORKER_(?:STOPPED|ERROR)|[Ww]orker (?:process )?died|Retry worker:/,
    meaning: "A worker of TorchServe ended, and is started again.",
    trouble: "worker-died",
    advice: "The lines before it say why.",
  },
  {
    pattern: /Loading (\S+) \.\. (\d{1,6}) of (\d{1,6}) tries/,
    meaning: ([, , now, of]) =>
      `The wrapper asks TorchServe whether the model is loaded: try ${now} of ${of}.`,
  },
  {
    pattern: /Sleep (\d+) seconds for load/,
    meaning: ([, seconds]) => `It asks again in ${seconds} s.`,
  },
  {
    pattern: /The model (\S+) is not ready/,
    meaning: "TorchServe does not answer yet.",
  },
  {
    pattern: /The model (\S+) is ready/,
    meaning: ([, name]) => `The model ${name} is ready.`,
    isRelief: true,
  },
  {
    pattern: /-> WORKER_MODEL_LOADED|loaded successfully/,
    meaning: "The model is loaded; the wrapper sees it at its next try.",
    isRelief: true,
  },
  {
    pattern: /Loading pipeline components.*?(\d+)\/(\d+) \[/,
    meaning: ([, done, of]) => `${done} of ${of} parts of the model are loaded.`,
  },
  {
    pattern: /The config attributes .* were passed to (\w+)/,
    meaning: "Harmless: the model was saved by another version of diffusers.",
  },
  { pattern: /xpu-smi not available/, meaning: "Harmless: there is no Intel GPU." },
  {
    pattern: /instance can access any URL to load models/,
    meaning:
      "A warning of TorchServe's about its management address, which only the pod itself reaches.",
  },
  {
    pattern: /Loaded? snapshot|Started restoring models|Validating snapshot|validated successfully/,
    meaning: "TorchServe reads which models to load, from config.properties.",
  },
  { pattern: /Torchserve version: (\S+)/, meaning: ([, v]) => `TorchServe ${v} starts.` },
  { pattern: /loading configuration from (\S+)/, meaning: "The wrapper reads config.properties." },
  { pattern: /Model names dict_keys/, meaning: "The models that config.properties names." },
  { pattern: /Protocol version is (\S+)/, meaning: ([, v]) => `The wrapper speaks protocol ${v}.` },
  { pattern: /(?:Predict|Explain) URL set to/, meaning: "Where the wrapper sends requests." },
  {
    pattern: /Copying contents of \/mnt\/models/,
    meaning: "The wrapper looks at the model store; nothing is copied from there.",
  },
  { pattern: /Backend received inference/, meaning: "An image was asked for.", isRelief: true },
  { pattern: /Received text: '?(.*?)'?$/, meaning: "The prompt, as the handler received it." },
  {
    pattern: /MODEL_LOG - +(\d+)%\|.*?(\d+)\/(\d+) \[/,
    meaning: ([, , now, of]) => `Step ${now} of ${of} of an image.`,
  },
  { pattern: /Generated image|Sending response/, meaning: "An image was drawn.", isRelief: true },
  {
    pattern: /"POST \S+ HTTP\/[\d.]+" 200 (\d+)/,
    meaning: ([, ms]) => `A request was answered after ${(Number(ms) / 1000).toFixed(1)} s.`,
    isRelief: true,
  },
  {
    pattern: /Backend response time: (\d+)/,
    meaning: ([, ms]) => `The worker took ${(Number(ms) / 1000).toFixed(1)} s.`,
  },
  { pattern: /loaded metrics configuration/, meaning: "TorchServe reads which metrics to keep." },
  {
    pattern: /plugins manager|serializer plugin/,
    meaning: "TorchServe looks for plugins, of which it needs none.",
  },
  {
    pattern: /Waiting time ns: (\d+)/,
    meaning: ([, ns]) =>
      `The request waited ${(Number(ns) / 1e9).toFixed(1)} s for a worker that was free.`,
  },
  { pattern: /\[METRICS\]/, meaning: "A measurement for Prometheus." },
  { pattern: /^Traceback/, meaning: "An error follows; its last line says what it was." },
];
