"""A small AutoencoderTiny (TAESD's network) with random weights, and what diffusers decodes and encodes with it.
With torch and diffusers installed:  python make_tiny_vae.py OUT"""
import os, sys
import torch
from safetensors.torch import save_file
from diffusers import AutoencoderTiny
OUT = sys.argv[1]; torch.set_grad_enabled(False); torch.set_num_threads(1)
g = torch.Generator().manual_seed(5)
vae = AutoencoderTiny(encoder_block_out_channels=(16,) * 4, decoder_block_out_channels=(16,) * 4, num_encoder_blocks=(1, 1, 2, 1), num_decoder_blocks=(2, 1, 1, 1)).eval()
for name, p in vae.named_parameters(): p.copy_(torch.randn(p.shape, generator=g) * (1.2 / p[0].numel() ** .5 if p.ndim > 1 else .1))
vae.save_pretrained(f"{OUT}/vae")
# beyond the limit of tanh, too
latents, image = 3 * torch.randn(1, 4, 10, 6, generator=g), torch.rand(1, 3, 48, 80, generator=g) * 2 - 1
save_file(dict(latents=latents, decoded=vae.decode(latents).sample.contiguous(), image=image, encoded=vae.encode(image).latents.contiguous()), f"{OUT}/expected.safetensors")
