"""diffusers on the same random weights: does one piece of work per line of input, for bench.ts to time."""
import sys

import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from transformers import CLIPTextModel

folder, threads = sys.argv[1], int(sys.argv[2])
torch.set_num_threads(threads)
torch.set_grad_enabled(False)
TYPES = {"fp32": torch.float32, "bf16": torch.bfloat16}
CLASSES = {"unet": UNet2DConditionModel, "vae": AutoencoderKL, "text": CLIPTextModel}
FOLDERS = {"unet": "unet", "vae": "vae", "text": "text_encoder"}
loaded = {}


def network(name, dtype):
    """One network at a time stays in memory, channels last, which is diffusers' fastest on a CPU."""
    if (name, dtype) not in loaded:
        for key in [key for key in loaded if key[0] != name]:
            del loaded[key]
        model = CLASSES[name].from_pretrained(f"{folder}/{FOLDERS[name]}", torch_dtype=TYPES[dtype]).eval()
        loaded[name, dtype] = model.to(memory_format=torch.channels_last)
    return loaded[name, dtype]


def noise(shape, dtype):
    return torch.randn(shape).to(TYPES[dtype])


def work(name, side, dtype):
    model = network(name, dtype)
    if name == "text":
        model(torch.full((2, 77), 5))
    elif name == "vae":
        model.decode(noise((1, 4, side, side), dtype).contiguous(memory_format=torch.channels_last))
    else:
        sample = noise((2, 4, side, side), dtype).contiguous(memory_format=torch.channels_last)
        model(sample, 500, noise((2, 77, 1024), dtype))


print("ready", flush=True)
for line in sys.stdin:
    name, side, dtype = line.split()
    try:
        with torch.inference_mode():
            work(name, int(side), dtype)
        print("done", flush=True)
    except Exception as error:
        print(f"failed: {error!r}", flush=True)
