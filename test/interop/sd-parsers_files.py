"""Pictures read and written by Python's programs as sd-parsers.test.ts asks: one JSON object a line in, one out."""
import json
import sys

import piexif
import piexif.helper
from PIL import Image, PngImagePlugin
from sd_parsers import ParserManager


def read(file):
    found = ParserManager().parse(file)
    sampler = found.samplers[0]
    return {
        "generator": found.generator.value,
        "prompt": " ".join(str(prompt) for prompt in found.prompts),
        "negativePrompt": " ".join(str(prompt) for prompt in found.negative_prompts),
        "sampler": sampler.name,
        "parameters": sampler.parameters,
        "models": [model.name for model in found.models],
        "texts": sorted(Image.open(file).text),
    }


def write(file, text):
    """As stable-diffusion-webui's modules/images.py saves: a text in PNG, else piexif's user comment."""
    picture = Image.new("RGB", (16, 8), "navy")
    if file.endswith(".png"):
        info = PngImagePlugin.PngInfo()
        info.add_text("parameters", text)
        return picture.save(file, pnginfo=info)
    picture.save(file)
    comment = piexif.helper.UserComment.dump(text, encoding="unicode")
    piexif.insert(piexif.dump({"Exif": {piexif.ExifIFD.UserComment: comment}}), file)


for line in sys.stdin:
    request = json.loads(line)
    try:
        done = {"read": read, "write": write}[request.pop("call")](**request)
        print(json.dumps({"ok": done}), flush=True)
    except Exception as error:
        print(json.dumps({"failed": repr(error)}), flush=True)
