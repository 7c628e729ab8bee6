# SPDX-License-Identifier: Apache-2.0
"""What the interop tests share: the program, digests of tensors, the dtypes' names."""
import hashlib
import json
import os
import subprocess
import unittest
from pathlib import Path

import torch

PROGRAM = os.environ.get("SHARDLENS_CLI") or str(
    Path(__file__).resolve().parents[2] / "build/release/app/shardlens-cli")
DATA = Path(os.environ.get("SHARDLENS_FIXTURES") or Path(__file__).resolve().parents[1] / "data")

NAMES = {getattr(torch, name): label for name, label in {
    "bool": "BOOL", "uint8": "U8", "int8": "I8", "int16": "I16", "uint16": "U16", "float16": "F16",
    "bfloat16": "BF16", "int32": "I32", "uint32": "U32", "float32": "F32", "float64": "F64", "int64": "I64",
    "uint64": "U64", "complex64": "C64", "complex128": "C128", "float8_e4m3fn": "F8_E4M3",
    "float8_e5m2": "F8_E5M2", "float8_e8m0fnu": "F8_E8M0", "float8_e4m3fnuz": "F8_E4M3FNUZ",
    "float8_e5m2fnuz": "F8_E5M2FNUZ"}.items() if hasattr(torch, name)}


def run(*arguments, status=0):
    """The command's standard output; the exit status must be the one that is named."""
    done = subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True)
    assert done.returncode == status, f"{arguments}: status {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def digest(tensor):
    """SHA-256 over the elements, row-major."""
    flat = tensor.detach().resolve_conj().resolve_neg().contiguous().reshape(-1)
    return hashlib.sha256(flat.view(torch.uint8).numpy().tobytes() if flat.numel() else b"").hexdigest()


def describe(tensors):
    """name -> (dtype, shape, digest), as `hash --json` says it."""
    return {name: (NAMES[t.dtype], list(t.shape), digest(t)) for name, t in tensors.items()}


def hashed(path, *options):
    """The same from the program."""
    document = json.loads(run("hash", path, "--json", *options))
    return {t["name"]: (t["dtype"], t["shape"], t["sha256"]) for t in document["tensors"]}


class InteropTest(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        if not Path(PROGRAM).exists():
            raise unittest.SkipTest(f"{PROGRAM} is not built; SHARDLENS_CLI names another")
