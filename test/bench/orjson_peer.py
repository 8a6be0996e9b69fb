"""A picture as JSON the way Python servers write it: one piece of work per line of input, for serving.ts to time."""
import sys

import numpy
import orjson

path, side = sys.argv[1], int(sys.argv[2])
picture = numpy.fromfile(path, dtype=numpy.uint8).reshape(side, side, 3)


def reply(data):
    return {"id": "42", "outputs": [{"name": "output0", "datatype": "fp16", "shape": list(picture.shape), "data": data}]}


WORK = {
    "orjson": lambda: orjson.dumps(reply(picture), option=orjson.OPT_SERIALIZE_NUMPY),
    "tolist": lambda: orjson.dumps(reply(picture.tolist())),
}

print("ready", flush=True)
for line in sys.stdin:
    WORK[line.strip()]()
    print("done", flush=True)
