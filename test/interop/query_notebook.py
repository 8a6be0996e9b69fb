"""The KServe example's notebook that queries the endpoint, as far as it is code: address, model and file are argv."""

import sys

import numpy as np
import requests
from PIL import Image

base_url, model, out = sys.argv[1:]
token = "\n"

headers = {"Content-Type": "application/json"}
if token.strip():
    headers["Authorization"] = "Bearer " + token.replace("\n", "")
body = {
    "id": "42",
    "inputs": [{"name": "input0", "shape": [-1], "datatype": "BYTES", "data": ["Photo of a dog"]}],
}
response = requests.post(f"{base_url}/v2/models/{model}/infer", json=body, headers=headers, verify=False)
reply = response.json()
image = Image.fromarray(np.array(reply["outputs"][0]["data"], dtype="uint8"))
image.save(out)
# Beside the notebook: by what seed the picture can be drawn again.
print(reply["parameters"]["seed"])
