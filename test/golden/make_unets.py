"""What diffusers' UNet predicts with changed models, into models/unets.safetensors. usage: python make_unets.py

Run with torch, diffusers and safetensors; node must be in the path, since changed-models.ts says what is changed.
The inputs are sines of their indices, so that only results are kept.
"""
import math
import os
import subprocess
import tempfile

import torch
from diffusers import StableDiffusionPipeline, UNet2DConditionModel
from safetensors.torch import save_file

NAMES = """unet-without-middle unet-middle-of-one-resnet unet-distilled-base unet-distilled-small unet-distilled-tiny
unet-distilled-sd1 latent-consistency guidance-zero""".split()
here = os.path.dirname(os.path.abspath(__file__))
torch.set_grad_enabled(False)
torch.set_num_threads(1)
torch.set_flush_denormal(True)


def waves(*shape):
    return torch.arange(math.prod(shape), dtype=torch.float64).sin().float().reshape(shape)


def predict(folder):
    halves = os.path.exists(f"{folder}/unet/diffusion_pytorch_model.fp16.safetensors")
    unet = UNet2DConditionModel.from_pretrained(
        f"{folder}/unet", variant="fp16" if halves else None, torch_dtype=torch.float32
    ).eval()
    width = unet.config.time_cond_proj_dim
    condition = None
    if width is not None:
        scale = torch.tensor([8.0]) - 1
        condition = StableDiffusionPipeline.get_guidance_scale_embedding(None, scale, width)
    states = waves(1, 77, unet.config.cross_attention_dim)
    return unet(waves(1, 4, 16, 8), 500, states, timestep_cond=condition).sample


with tempfile.TemporaryDirectory() as folder:
    subprocess.run(["node", f"{here}/save-models.ts", folder], check=True)
    results = {name: predict(f"{folder}/{name}/snapshot").contiguous() for name in NAMES}
    save_file(results, f"{here}/models/unets.safetensors")
