"""
Copies as KServe's storage initializer does: the package that has it, then addresses and folders in turn. Prints
a line of JSON for each: what it raised, or null.
"""

import importlib
import json
import sys

storage = importlib.import_module(sys.argv[1]).Storage
for address, folder in zip(sys.argv[2::2], sys.argv[3::2]):
    fault = None
    try:
        storage.download(address, folder)
    except Exception as error:
        fault = f"{type(error).__name__}: {error}"
    print(json.dumps(fault), flush=True)
