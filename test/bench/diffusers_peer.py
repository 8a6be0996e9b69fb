"""diffusers on the same random weights: does one piece of work per line of input, for networks.ts to time."""
import gc
import sys

import torch
from diffusers import AutoencoderKL, StableDiffusionPipeline, UNet2DConditionModel
from transformers import CLIPTextModel

folder, threads = sys.argv[1], int(sys.argv[2])
torch.set_num_threads(threads)
torch.set_grad_enabled(False)
TYPES = {"fp32": torch.float32, "bf16": torch.bfloat16, "bf16-compiled": torch.bfloat16}
CLASSES = {"unet": UNet2DConditionModel, "vae": AutoencoderKL, "text": CLIPTextModel}
FOLDERS = {"unet": "unet", "vae": "vae", "text": "text_encoder"}
loaded = {}


def network(name, kind):
    """One network at a time stays in memory, channels last, which is diffusers' fastest on a CPU."""
    if (name, kind) not in loaded:
        loaded.clear()
        model = CLASSES[name].from_pretrained(f"{folder}/{FOLDERS[name]}", torch_dtype=TYPES[kind]).eval()
        model = model.to(memory_format=torch.channels_last)
        if kind.endswith("compiled"):
            if name == "vae":
                model.decode = torch.compile(model.decode)
            else:
                model = torch.compile(model)
        loaded[name, kind] = model
    return loaded[name, kind]


def draw(side, kind, steps):
    """A whole picture, at the guidance of the model's own pipeline."""
    if ("picture", kind) not in loaded:
        loaded.clear()
        pipe = StableDiffusionPipeline.from_pretrained(folder, torch_dtype=TYPES[kind], safety_checker=None)
        pipe.set_progress_bar_config(disable=True)
        pipe.unet.to(memory_format=torch.channels_last)
        pipe.vae.to(memory_format=torch.channels_last)
        if kind.endswith("compiled"):
            pipe.unet = torch.compile(pipe.unet)
        loaded["picture", kind] = pipe
    loaded["picture", kind]("a red house", num_inference_steps=steps, width=8 * side, height=8 * side)


def noise(shape, dtype):
    return torch.randn(shape).to(dtype)


def work(name, side, kind):
    model = network(name, kind)
    dtype = TYPES[kind]
    if name == "text":
        model(torch.full((2, 77), 5))
    elif name == "vae":
        model.decode(noise((1, 4, side, side), dtype).contiguous(memory_format=torch.channels_last))
    else:
        sample = noise((2, 4, side, side), dtype).contiguous(memory_format=torch.channels_last)
        model(sample, 500, noise((2, 77, 1024), dtype))


print("ready", flush=True)
for line in sys.stdin:
    try:
        if line.strip() == "drop":
            loaded.clear()
            gc.collect()
        else:
            name, side, kind, steps = line.split()
            with torch.inference_mode():
                if name == "picture":
                    draw(int(side), kind, int(steps))
                else:
                    work(name, int(side), kind)
        print("done", flush=True)
    except Exception as error:
        print(f"failed: {error or repr(error)}", flush=True)
