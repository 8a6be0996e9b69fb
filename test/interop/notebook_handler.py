"""
Reads and replies as the KServe example's handler does, with a grey picture in place of a drawn one: what
TorchServe and KServe's wrapper make of it is what is compared.
"""

import json


class Handler:
    def __init__(self):
        self.initialized = False

    def initialize(self, context):
        self.initialized = True

    def handle(self, data, context):
        body = data[0]["body"]
        body["inputs"][0]["data"][0]
        side = 128
        picture = [[[128, 128, 128]] * side] * side
        output = {"name": "output0", "datatype": "fp16", "shape": [side, side, 3], "data": picture}
        reply = {"id": "42", "outputs": [output]}
        return [json.dumps(reply, separators=(",", ":")).encode()]
