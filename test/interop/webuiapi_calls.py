"""webuiapi calling what webuiapi.test.ts asks for: one JSON object a line in, one out."""
import json
import sys

import webuiapi

host, port, user, password = sys.argv[1:5]
api = webuiapi.WebUIApi(host=host, port=int(port), username=user, password=password)
latest = []


def told(result):
    latest[:] = result.images
    return {
        "sizes": [list(image.size) for image in result.images],
        "seeds": result.info["all_seeds"],
        "sampler": result.info["sampler_name"],
        "text": result.images[0].text.get("parameters", ""),
    }


def progress():
    said = api.get_progress()
    return {"progress": said["progress"], "image": said["current_image"]}


CALLS = {
    "txt2img": lambda **asked: told(api.txt2img(**asked)),
    "img2img": lambda **asked: told(api.img2img(images=latest[:1], **asked)),
    "pnginfo": lambda: api.png_info(latest[0]).info,
    "model": lambda: api.util_get_current_model(),
    "models": lambda: api.util_get_model_names(),
    "setModel": lambda name: api.util_set_model(name),
    "samplers": lambda: [each["name"] for each in api.get_samplers()],
    "schedulers": lambda: [each["label"] for each in api.get_schedulers()],
    "upscalers": lambda: api.get_upscalers(),
    "options": lambda: api.get_options(),
    "flags": lambda: api.get_cmd_flags(),
    "progress": progress,
    "interrupt": lambda: api.interrupt(),
}

for line in sys.stdin:
    request = json.loads(line)
    try:
        print(json.dumps({"ok": CALLS[request.pop("call")](**request)}), flush=True)
    except RuntimeError as error:
        print(json.dumps({"ok": {"status": error.args[0], "text": error.args[1]}}), flush=True)
    except Exception as error:
        print(json.dumps({"failed": repr(error)}), flush=True)
