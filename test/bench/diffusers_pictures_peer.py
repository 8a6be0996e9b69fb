"""diffusers drawing in bf16: one JSON object a line, its pixels into a file, for distance.ts."""
import glob
import json
import sys

import diffusers
import torch

folder = sys.argv[1]
torch.set_grad_enabled(False)
# The networks are small: two threads wait for each other more than they compute.
torch.set_num_threads(1)
diffusers.utils.logging.set_verbosity_error()
drawn = torch.randn


def same_noise(*size, dtype=None, **how):
    """The noise of a float32 run, rounded: torch draws other numbers in bf16."""
    return drawn(*size, dtype=torch.float32, **how).to(dtype or torch.float32)


torch.randn = same_noise
variant = "fp16" if glob.glob(f"{folder}/unet/*.fp16.*") else None
pipe = diffusers.StableDiffusionPipeline.from_pretrained(
    folder, variant=variant, torch_dtype=torch.bfloat16, safety_checker=None
)
pipe.set_progress_bar_config(disable=True)
own = pipe.scheduler


def draw(out, seed, scheduler, config, **settings):
    pipe.scheduler = getattr(diffusers, scheduler).from_config(own.config, **config)
    generator = torch.Generator("cpu").manual_seed(seed)
    picture = pipe(generator=generator, **settings).images[0]
    with open(out, "wb") as file:
        file.write(picture.convert("RGB").tobytes())


print("ready", flush=True)
for line in sys.stdin:
    try:
        draw(**json.loads(line))
        print("done", flush=True)
    except Exception as error:
        print(f"failed: {error!r}", flush=True)
