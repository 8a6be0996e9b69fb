"""Draws models/*.png with diffusers. usage: python make_models.py [NAME ...]

Run with torch, diffusers 0.42.1, transformers and Pillow; node must be in the path, since
changed-models.ts says what is changed. Without names, draws what is not there yet.
"""
import json
import os
import subprocess
import sys
import tempfile

import torch
from diffusers import DiffusionPipeline, StableDiffusionImg2ImgPipeline
from PIL import Image

here = os.path.dirname(os.path.abspath(__file__))
torch.set_grad_enabled(False)
torch.set_num_threads(1)
torch.set_flush_denormal(True)


def keep_floats(path):
    """transformers takes no 1 for a 1.0, which JavaScript writes."""
    config = json.load(open(path))
    for key in ("attention_dropout", "initializer_factor"):
        if key in config:
            config[key] = float(config[key])
    json.dump(config, open(path, "w"))


def draw(folder, target):
    request = json.load(open(f"{folder}/request.json"))
    snapshot = f"{folder}/snapshot"
    variant = "fp16" if os.path.exists(f"{snapshot}/unet/diffusion_pytorch_model.fp16.safetensors") else None
    keep_floats(f"{snapshot}/text_encoder/config.json")
    options = dict(variant=variant, torch_dtype=torch.float32, safety_checker=None)
    size = dict(height=request.get("height"), width=request.get("width"))
    if "strength" in request:
        pipe = StableDiffusionImg2ImgPipeline.from_pretrained(snapshot, **options)
        size = dict(image=Image.open(f"{here}/models/init.png").convert("RGB"), strength=request["strength"])
    else:
        pipe = DiffusionPipeline.from_pretrained(snapshot, **options)
    pipe.set_progress_bar_config(disable=True)
    generator = torch.Generator("cpu").manual_seed(int(request["seed"]))
    pipe(
        request["prompt"],
        negative_prompt=request["negativePrompt"],
        num_inference_steps=request["steps"],
        guidance_scale=request["guidanceScale"],
        generator=generator,
        **size,
    ).images[0].save(target)


with tempfile.TemporaryDirectory() as folder:
    subprocess.run(["node", f"{here}/save-models.ts", folder], check=True)
    for name in sorted(os.listdir(folder)):
        target = f"{here}/models/{name}.png"
        if name in sys.argv[1:] or (len(sys.argv) == 1 and not os.path.exists(target)):
            print(name, flush=True)
            draw(f"{folder}/{name}", target)
