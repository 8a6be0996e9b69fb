"""diffusers drawing what diffusers.test.ts asks for: one JSON object a line in, one out."""
import glob
import json
import sys

import diffusers
import torch
from PIL import Image

torch.set_grad_enabled(False)
diffusers.utils.logging.set_verbosity_error()
loaded = {}


def pipeline(kind, folder):
    """Kept, with the scheduler of its files."""
    if (kind, folder) not in loaded:
        halves = glob.glob(f"{folder}/unet/*.fp16.*")
        pipe = getattr(diffusers, kind).from_pretrained(
            folder, variant="fp16" if halves else None, torch_dtype=torch.float32, safety_checker=None
        )
        pipe.set_progress_bar_config(disable=True)
        loaded[kind, folder] = pipe, pipe.scheduler
    return loaded[kind, folder]


def draw(folder, out, seed, scheduler=None, config=None, start=None, **settings):
    kind = "StableDiffusionPipeline" if start is None else "StableDiffusionImg2ImgPipeline"
    pipe, own = pipeline(kind, folder)
    cls = type(own) if scheduler is None else getattr(diffusers, scheduler)
    pipe.scheduler = cls.from_config(own.config, **(config or {}))
    if start is not None:
        settings["image"] = Image.open(start)
    generator = torch.Generator("cpu").manual_seed(seed)
    pipe(generator=generator, **settings).images[0].save(out)


for line in sys.stdin:
    try:
        print(json.dumps({"ok": draw(**json.loads(line))}), flush=True)
    except Exception as error:
        print(json.dumps({"failed": repr(error)}), flush=True)
