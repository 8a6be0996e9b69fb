"""Draws with Stable Diffusion 1.x and 2.x for TorchServe 0.12, alone or behind KServe.

Darkroom puts this file into the archives it makes. It reads the Open Inference Protocol (v2) and KServe's
v1, and answers in the same. TorchServe wants exactly one class here: Handler.

Inputs of v2, as tensors or as parameters of the request; a tensor wins. One tensor of any other name is
the prompt, as in the original notebook.

    prompt                             BYTES [n]          n pictures
    negative_prompt                    BYTES [1] or [n]   ""
    seed                               INT64 [1] or [n]   by chance, and told; one seed means seed, seed + 1, ...
    num_inference_steps, steps         INT32 [1]          the model's recommended, else 50
    guidance_scale                     FP32  [1]          the model's recommended, else 7.5
    height, width                      INT32 [1]          the model's own
    scheduler                          BYTES [1]          the model's own
    num_images_per_prompt, count       INT32 [1]          1
    format                             BYTES [1]          raw; png, jpeg or webp come as base64
"""

import base64
import io
import json
import logging
import math
import os
import re
import secrets
import shutil
import struct
import tempfile
import zipfile

import diffusers
import numpy as np
import orjson
import torch
from PIL import Image

logger = logging.getLogger(__name__)

MODEL_ZIP = "model.zip"
INDEX = "model_index.json"
MAX_PICTURES = 16
MAX_STEPS = 1000
MAX_SIDE = 2048
MAX_SEED = 2**64 - 1
# KServe passes on the words of a failure only where they are called so.
JSON = "application/json"
FORMATS = ("raw", "png", "jpeg", "webp")
ALIASES = {"steps": "num_inference_steps", "count": "num_images_per_prompt"}
TEXTS = ("prompt", "negative_prompt", "scheduler", "format")
NUMBERS = ("seed", "num_inference_steps", "guidance_scale", "height", "width", "num_images_per_prompt")
# How precise weights are, by the names in a safetensors header.
DTYPES = {"F16": torch.float16, "BF16": torch.bfloat16}

PLAIN = {
    "use_karras_sigmas": False,
    "use_exponential_sigmas": False,
    "use_beta_sigmas": False,
    "use_flow_sigmas": False,
}
KARRAS = {**PLAIN, "use_karras_sigmas": True}
EULER = {"interpolation_type": "linear", "timestep_type": "discrete"}
DPM = {"algorithm_type": "dpmsolver++", "solver_type": "midpoint", "solver_order": 2, "use_lu_lambdas": False}
SDE = {**DPM, "algorithm_type": "sde-dpmsolver++"}
UNIPC = {"solver_type": "bh2", "solver_order": 2}
DEIS = {"algorithm_type": "deis", "solver_type": "logrho", "solver_order": 2}

# A scheduler's name: its class in diffusers, and settings beside the model's own.
SCHEDULERS = {
    "ddim": ("DDIMScheduler", {}),
    "pndm": ("PNDMScheduler", {"skip_prk_steps": True}),
    "euler": ("EulerDiscreteScheduler", {**EULER, **PLAIN}),
    "euler-karras": ("EulerDiscreteScheduler", {**EULER, **KARRAS}),
    "euler-ancestral": ("EulerAncestralDiscreteScheduler", {}),
    "dpm++2m": ("DPMSolverMultistepScheduler", {**DPM, **PLAIN}),
    "dpm++2m-karras": ("DPMSolverMultistepScheduler", {**DPM, **KARRAS}),
    "dpm++2m-sde": ("DPMSolverMultistepScheduler", {**SDE, **PLAIN}),
    "dpm++2m-sde-karras": ("DPMSolverMultistepScheduler", {**SDE, **KARRAS}),
    "dpm++sde": ("DPMSolverSinglestepScheduler", {**DPM, **PLAIN}),
    "dpm++sde-karras": ("DPMSolverSinglestepScheduler", {**DPM, **KARRAS}),
    "unipc": ("UniPCMultistepScheduler", {**UNIPC, **PLAIN}),
    "unipc-karras": ("UniPCMultistepScheduler", {**UNIPC, **KARRAS}),
    "deis": ("DEISMultistepScheduler", {**DEIS, **PLAIN}),
    "deis-karras": ("DEISMultistepScheduler", {**DEIS, **KARRAS}),
    "lms": ("LMSDiscreteScheduler", PLAIN),
    "lms-karras": ("LMSDiscreteScheduler", KARRAS),
    "heun": ("HeunDiscreteScheduler", PLAIN),
    "heun-karras": ("HeunDiscreteScheduler", KARRAS),
    "kdpm2": ("KDPM2DiscreteScheduler", PLAIN),
    "kdpm2-karras": ("KDPM2DiscreteScheduler", KARRAS),
    "kdpm2-ancestral": ("KDPM2AncestralDiscreteScheduler", PLAIN),
    "kdpm2-ancestral-karras": ("KDPM2AncestralDiscreteScheduler", KARRAS),
    "ddpm": ("DDPMScheduler", {}),
    "lcm": ("LCMScheduler", {}),
    "tcd": ("TCDScheduler", {}),
}


class Handler:
    """What TorchServe's worker calls: `initialize` once, then `handle` for each batch of requests."""

    def __init__(self):
        self.initialized = False

    def initialize(self, context):
        """Loads the model onto the GPU that the worker was given, or onto the CPU."""
        properties = context.system_properties
        gpu = properties.get("gpu_id")
        has_gpu = torch.cuda.is_available() and gpu is not None
        self.device = torch.device(f"cuda:{gpu}" if has_gpu else "cpu")
        folder = model_folder(properties["model_dir"])
        # One precision for all networks: left to itself, diffusers mixes two and fails at the first request.
        self.dtype = weights_dtype(folder) if has_gpu else torch.float32
        self.pipe = load(folder, self.dtype).to(self.device)
        self.scheduler = self.pipe.scheduler
        self.defaults = defaults_of(folder, self.pipe)
        self.initialized = True
        logger.info("Loaded %s as %s on %s", folder, self.dtype, self.device)

    def handle(self, data, context):
        """One answer for each request of the batch; one that cannot be drawn leaves the others alone."""
        return [self.answer(row, context, index, len(data)) for index, row in enumerate(data)]

    def answer(self, row, context, index, count):
        """The reply to one request, as JSON."""
        try:
            body = body_of(row)
            settings = read_settings(body, self.defaults)
            pictures = [self.draw(one) for one in each_picture(settings)]
            context.set_response_content_type(index, JSON)
            return orjson.dumps(self.reply(body, settings, pictures, context, index), option=orjson.OPT_SERIALIZE_NUMPY)
        except ValueError as error:
            return failure(context, index, 400, str(error))
        except Exception as error:
            # Alone, TorchServe itself says what it was, out of memory among others.
            if count == 1:
                raise
            logger.exception("A request of a batch failed")
            return failure(context, index, 500, f"{type(error).__name__}: {error}")

    def draw(self, one):
        """Draws one picture: bytes (height, width, 3)."""
        pixels = self.sample(one)
        if not np.isfinite(pixels).all() and self.dtype != torch.float32:
            logger.warning("The model overflows in %s and is used in float32 from now on", self.dtype)
            self.dtype = torch.float32
            self.pipe.to(dtype=self.dtype)
            pixels = self.sample(one)
        if not np.isfinite(pixels).all():
            raise RuntimeError("the model gave invalid numbers")
        return np.ascontiguousarray((pixels * 255).round().astype(np.uint8))

    def sample(self, one):
        """Runs the pipeline: numbers from 0 to 1 (height, width, 3)."""
        name = one["scheduler"]
        kind, changes = SCHEDULERS[name] if name else (type(self.scheduler).__name__, {})
        self.pipe.scheduler = getattr(diffusers, kind).from_config(self.scheduler.config, **changes)
        # Noise comes from the CPU in float32, so that a seed gives one picture on every device.
        generator = torch.Generator("cpu").manual_seed(one["seed"])
        scale = self.pipe.vae_scale_factor
        shape = (1, self.pipe.unet.config.in_channels, one["height"] // scale, one["width"] // scale)
        latents = torch.randn(shape, generator=generator).to(self.device, self.dtype)
        settings = {key: value for key, value in one.items() if key not in ("seed", "scheduler")}
        with torch.inference_mode():
            found = self.pipe(latents=latents, generator=generator, output_type="np", **settings)
        return found.images[0]

    def reply(self, body, settings, pictures, context, index):
        """The answer in the protocol of the request."""
        form = settings["format"]
        contents = [encode(picture, form) for picture in pictures]
        if "instances" in body:
            return {"predictions": contents}
        if form != "raw":
            output = {"shape": [len(contents)], "datatype": "BYTES", "data": contents}
        elif len(pictures) == 1:
            output = {"shape": pictures[0].shape, "datatype": "UINT8", "data": pictures[0]}
        else:
            stack = np.stack(pictures)
            output = {"shape": stack.shape, "datatype": "UINT8", "data": stack}
        model = context.manifest["model"]
        return {
            "model_name": model["modelName"],
            "model_version": str(model.get("modelVersion", "1.0")),
            # KServe refuses an answer whose id is no string.
            "id": str(body["id"]) if body.get("id") is not None else str(context.get_request_id(index)),
            "parameters": {
                "seed": ",".join(str(seed) for seed in settings["seeds"]),
                "device": str(self.device),
            },
            "outputs": [{"name": "output0", **output}],
        }


def model_folder(folder):
    """Where the snapshot lies in the archive; unpacked once, whichever of several workers is the first."""
    packed = os.path.join(folder, MODEL_ZIP)
    target = os.path.join(folder, "model")
    if os.path.exists(packed) and not os.path.isdir(target):
        part = tempfile.mkdtemp(dir=folder)
        with zipfile.ZipFile(packed) as archive:
            archive.extractall(part)
        try:
            os.rename(part, target)
        except OSError:
            shutil.rmtree(part, ignore_errors=True)
    for place, folders, files in os.walk(target if os.path.isdir(target) else folder):
        folders.sort()
        if INDEX in files:
            return place
    raise FileNotFoundError(f"no {INDEX} in the archive")


def weights_of(folder):
    """The names of the UNet's weight files."""
    names = sorted(os.listdir(os.path.join(folder, "unet")))
    return [name for name in names if name.endswith(".safetensors")]


def weights_dtype(folder):
    """The precision in which the UNet was saved, read from the header of its first file."""
    names = weights_of(folder)
    if not names:
        return torch.float32
    with open(os.path.join(folder, "unet", names[0]), "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
    kinds = {tensor["dtype"] for name, tensor in header.items() if name != "__metadata__"}
    return DTYPES.get(kinds.pop(), torch.float32) if len(kinds) == 1 else torch.float32


def load(folder, dtype):
    """The pipeline, every network in the same precision."""
    names = "\n".join(weights_of(folder))
    found = re.search(r"^diffusion_pytorch_model(?:-\d+-of-\d+)?\.(\w+)(?:-\d+-of-\d+)?\.safetensors$", names, re.M)
    pipe = diffusers.StableDiffusionPipeline.from_pretrained(
        folder,
        torch_dtype=dtype,
        variant=found.group(1) if found else None,
        use_safetensors=True,
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
        local_files_only=True,
    )
    pipe.set_progress_bar_config(disable=True)
    return pipe.to(dtype=dtype)


def defaults_of(folder, pipe):
    """What a request need not say: as the model recommends it, else as the original notebook has it."""
    side = pipe.unet.config.sample_size * pipe.vae_scale_factor
    found = {"num_inference_steps": 50, "guidance_scale": 7.5, "height": side, "width": side}
    path = os.path.join(folder, "recommended.json")
    if os.path.exists(path):
        with open(path, encoding="utf-8") as file:
            recommended = json.load(file)
        found.update({key: recommended[key] for key in found if key in recommended})
    return found


def body_of(row):
    """The request's JSON, however TorchServe hands it over."""
    body = row.get("body")
    if body is None:
        body = row.get("data")
    if isinstance(body, (bytes, bytearray, str)):
        try:
            body = json.loads(body)
        except ValueError as error:
            raise ValueError("The request is not JSON.") from error
    if not isinstance(body, dict) or not isinstance(body.get("inputs", body.get("instances")), list):
        raise ValueError("The request has neither inputs (v2) nor instances (v1).")
    return body


def read_settings(body, defaults):
    """Everything that is asked for, checked; `prompts` and `seeds` have one entry for each picture."""
    asked = asked_v1(body["instances"]) if "instances" in body else asked_v2(body)
    prompts = texts(asked, "prompt", None)
    count = number(asked, "num_images_per_prompt", 1, 1, MAX_PICTURES, int)
    if len(prompts) * count > MAX_PICTURES:
        raise ValueError(f"At most {MAX_PICTURES} pictures can be asked for at once.")
    negatives = texts(asked, "negative_prompt", "")
    if len(negatives) not in (1, len(prompts)):
        raise ValueError("negative_prompt needs one text, or one for each prompt.")
    settings = {
        "prompts": [prompt for prompt in prompts for _ in range(count)],
        "negatives": [
            negative for negative in (negatives * len(prompts))[: len(prompts)] for _ in range(count)
        ],
        "num_inference_steps": number(
            asked, "num_inference_steps", defaults["num_inference_steps"], 1, MAX_STEPS, int
        ),
        "guidance_scale": number(asked, "guidance_scale", defaults["guidance_scale"], 0, 100, float),
        "height": side(asked, "height", defaults),
        "width": side(asked, "width", defaults),
        "scheduler": choice(asked, "scheduler", None, SCHEDULERS),
        "format": choice(asked, "format", "raw", FORMATS),
    }
    settings["seeds"] = seeds_of(asked, len(settings["prompts"]))
    return settings


def asked_v1(instances):
    """The settings of v1's instances; prompts of all of them, everything else of the first."""
    rows = [row if isinstance(row, dict) else {"prompt": row} for row in instances]
    if not rows:
        raise ValueError("instances is empty.")
    asked = {ALIASES.get(key, key): value for key, value in rows[0].items()}
    asked["prompt"] = [row.get("prompt") for row in rows]
    return asked


def asked_v2(body):
    """The settings of v2's tensors and parameters; a tensor wins."""
    parameters = body.get("parameters") or {}
    asked = {ALIASES.get(key, key): value for key, value in parameters.items()}
    for output in body.get("outputs") or []:
        asked.update({key: value for key, value in (output.get("parameters") or {}).items() if key == "format"})
    unknown = []
    for tensor in body["inputs"]:
        if not isinstance(tensor, dict) or "data" not in tensor:
            raise ValueError("Every input needs data.")
        name = ALIASES.get(tensor.get("name"), tensor.get("name"))
        if name in TEXTS or name in NUMBERS:
            asked[name] = tensor["data"]
        else:
            unknown.append(tensor["data"])
    if "prompt" not in asked and len(unknown) == 1:
        asked["prompt"] = unknown[0]
    return asked


def flat(value):
    """A tensor's data as one list, nested or not, or no list at all."""
    if not isinstance(value, (list, tuple)):
        return [value]
    return [item for part in value for item in flat(part)]


def texts(asked, name, default):
    """The texts of a setting."""
    values = flat(asked.get(name, default))
    if not values or not all(isinstance(value, str) for value in values):
        raise ValueError(f"{name} needs text.")
    return values


def choice(asked, name, default, known):
    """One of the known names."""
    if asked.get(name) is None:
        return default
    value = texts(asked, name, default)[0]
    if value not in known:
        raise ValueError(f"{name} is none of {', '.join(known)}.")
    return value


def number(asked, name, default, least, most, kind):
    """One number within bounds."""
    if asked.get(name) is None:
        return kind(default)
    (value, *_) = flat(asked[name]) or [None]
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not is_number or not math.isfinite(value) or kind(value) != value or not least <= value <= most:
        raise ValueError(f"{name} needs a number from {least} to {most}.")
    return kind(value)


def side(asked, name, defaults):
    """Height or width in pixels."""
    value = number(asked, name, defaults[name], 64, MAX_SIDE, int)
    if value % 8:
        raise ValueError(f"{name} needs a multiple of 8.")
    return value


def seeds_of(asked, count):
    """A seed for each picture."""
    given = flat(asked["seed"]) if asked.get("seed") is not None else [secrets.randbits(32)]
    try:
        seeds = [int(seed) for seed in given]
    except (TypeError, ValueError) as error:
        raise ValueError("seed needs whole numbers.") from error
    if not seeds or not all(0 <= seed <= MAX_SEED for seed in seeds):
        raise ValueError(f"seed needs whole numbers from 0 to {MAX_SEED}.")
    if len(seeds) == count:
        return seeds
    if len(seeds) != 1:
        raise ValueError("seed needs one number, or one for each picture.")
    return [(seeds[0] + index) % (MAX_SEED + 1) for index in range(count)]


def each_picture(settings):
    """The pipeline's arguments, picture by picture."""
    shared = ("num_inference_steps", "guidance_scale", "height", "width", "scheduler")
    for prompt, negative, seed in zip(settings["prompts"], settings["negatives"], settings["seeds"]):
        one = {key: settings[key] for key in shared}
        yield {**one, "prompt": prompt, "negative_prompt": negative, "seed": seed}


def encode(picture, form):
    """The picture itself, or a file of it as base64."""
    if form == "raw":
        return picture
    file = io.BytesIO()
    Image.fromarray(picture).save(file, form.upper())
    return base64.b64encode(file.getvalue()).decode("ascii")


def failure(context, index, status, words):
    """An answer that says what was wrong, for one request of a batch."""
    context.set_response_status(code=status, phrase="", idx=index)
    context.set_response_content_type(index, JSON)
    return orjson.dumps({"error": words})
