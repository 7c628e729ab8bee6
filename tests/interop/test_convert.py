# SPDX-License-Identifier: Apache-2.0
"""What we write is read by the safetensors package, and holds the tensors that the fixtures say."""
import hashlib
import json
import struct
import tempfile
import unittest
from pathlib import Path

import safetensors
import safetensors.torch

import interop

# PyTorch's table in the safetensors package lacks these; their bytes are compared by the header.
NOT_LOADED = {"F4", "F8_E8M0", "F6_E2M3", "F6_E3M2"}
NOT_IN_SAFETENSORS = {"C128", "C32", "QI8", "QU8", "QI32"}


def read_file(path):
    """name -> (dtype, shape, digest) by the header; and by the package for what it loads."""
    raw = path.read_bytes()
    length = struct.unpack("<Q", raw[:8])[0]
    header = json.loads(raw[8:8 + length])
    header.pop("__metadata__", None)
    out = {}
    for name, entry in header.items():
        begin, end = (8 + length + offset for offset in entry["data_offsets"])
        out[name] = (entry["dtype"], entry["shape"], hashlib.sha256(raw[begin:end]).hexdigest())
    if any(entry["dtype"] in NOT_LOADED for entry in header.values()):
        with safetensors.safe_open(path, framework="pt") as opened:
            assert set(opened.keys()) == set(out)
        return out
    for name, tensor in safetensors.torch.load_file(path).items():
        assert interop.digest(tensor) == out[name][2], name
    return out


class ConvertTest(interop.InteropTest):
    def test_every_sound_fixture(self):
        for expected_file in sorted((interop.DATA / "expected").glob("*.json")):
            expected = json.loads(expected_file.read_text())
            if "open" not in expected or not expected.get("tensors") or expected.get("format") in ("dduf", "diffusers"):
                continue
            tensors = expected["tensors"]
            damaged = any(t["sha256"] is None for t in tensors.values()) or any(
                t["dtype"] in NOT_IN_SAFETENSORS for t in tensors.values())
            if damaged or expected.get("findings"):
                continue
            with self.subTest(expected_file.stem), tempfile.TemporaryDirectory() as folder:
                output = Path(folder) / "out"
                # Recorded aliases would come back as tensors of their own.
                tied = "keep" if expected.get("aliases") else "duplicate"
                interop.run("convert", interop.DATA / expected["open"], "--output", output, "--tied", tied)
                found = {}
                for file in output.rglob("*.safetensors"):
                    found.update(read_file(file))
                want = {name: (t["dtype"], t["shape"], t["sha256"]) for name, t in tensors.items()}
                self.assertEqual(found, want)


if __name__ == "__main__":
    unittest.main()
