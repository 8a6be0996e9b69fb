"""OpenAI's SDK calling what openai.test.ts asks for: one JSON object a line in, one out."""
import base64
import hashlib
import io
import json
import struct
import sys

import openai

client = openai.OpenAI(base_url=sys.argv[1], api_key=sys.argv[2], max_retries=0, timeout=600)


def picture(text):
    """Size, and a hash of what a PNG shows: its record may differ."""
    png = base64.b64decode(text.removeprefix("data:image/png;base64,"))
    size = struct.unpack(">II", png[16:24])
    shown = hashlib.sha256()
    at = 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        if png[at + 4 : at + 8] == b"IDAT":
            shown.update(png[at + 8 : at + 8 + length])
        at += 12 + length
    return {"size": list(size), "shown": shown.hexdigest()}


def pictures(reply):
    return [picture(each.b64_json or each.url) for each in reply.data]


def streamed(events):
    return [{"type": event.type, **picture(event.b64_json)} for event in events]


def edit(png, **asked):
    file = ("start.png", io.BytesIO(base64.b64decode(png)), "image/png")
    return pictures(client.images.edit(image=file, **asked))


def first_png(**asked):
    return client.images.generate(**asked).data[0].b64_json


CALLS = {
    "models": lambda: [model.id for model in client.models.list()],
    "model": lambda model: client.models.retrieve(model).id,
    "generate": lambda **asked: pictures(client.images.generate(**asked)),
    "stream": lambda **asked: streamed(client.images.generate(stream=True, **asked)),
    "edit": edit,
    "png": first_png,
}

for line in sys.stdin:
    request = json.loads(line)
    try:
        print(json.dumps({"ok": CALLS[request.pop("call")](**request)}), flush=True)
    except openai.APIStatusError as error:
        said = {"status": error.status_code, "code": error.code, "param": error.param}
        print(json.dumps({"ok": {**said, "message": error.message}}), flush=True)
    except Exception as error:
        print(json.dumps({"failed": repr(error)}), flush=True)
