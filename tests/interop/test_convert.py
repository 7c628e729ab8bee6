# SPDX-License-Identifier: Apache-2.0
"""What we write is read by the safetensors package, huggingface_hub and transformers, with the fixtures' tensors."""
import hashlib
import json
import struct
import subprocess
import tempfile
import unittest
from pathlib import Path

import huggingface_hub
import safetensors
import safetensors.torch
import torch
import transformers

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


def outputs(folder):
    """All tensors of a folder's files; none may be in two of them."""
    out = {}
    for file in sorted(folder.rglob("*.safetensors")):
        tensors = read_file(file)
        assert not out.keys() & tensors.keys(), file
        out.update(tensors)
    return out


class Recorder(torch.nn.Module):
    """Stands for a model of these tensors where a loader wants one, and keeps what it is given."""

    def __init__(self, names):
        super().__init__()
        self.names, self.given = names, {}

    def state_dict(self, *_, **__):
        return dict.fromkeys(self.names)

    def load_state_dict(self, state, *_, **__):
        self.given.update(state)
        return torch.nn.modules.module._IncompatibleKeys([], [])


class ConvertTest(interop.InteropTest):
    def convert(self, expected, output, *options):
        """Converts a fixture; None where the plan is blocked."""
        # Recorded aliases would come back as tensors of their own.
        tied = "keep" if expected.get("aliases") else "duplicate"
        command = ("convert", interop.DATA / expected["open"], "--output", output, "--tied", tied, "--no-fsync")
        done = subprocess.run([interop.PROGRAM, *map(str, command + options)], capture_output=True, text=True)
        self.assertIn(done.returncode, (0, 2), done.stderr)
        return output if done.returncode == 0 else None

    def fixtures(self):
        for expected_file in sorted((interop.DATA / "expected").glob("*.json")):
            expected = json.loads(expected_file.read_text())
            if "open" in expected and expected.get("tensors") and expected.get("format") not in ("dduf", "diffusers"):
                yield expected_file.stem, expected

    def test_every_convertible_fixture(self):
        converted = 0
        for name, expected in self.fixtures():
            tensors = expected["tensors"]
            sound = not expected.get("findings") and not any(
                t["sha256"] is None or t["dtype"] in NOT_IN_SAFETENSORS for t in tensors.values())
            with self.subTest(name), tempfile.TemporaryDirectory() as folder:
                output = self.convert(expected, Path(folder) / "out")
                if output is None:
                    self.assertFalse(sound, "a sound checkpoint is blocked")
                    self.assertFalse((Path(folder) / "out").exists())
                    continue
                converted += 1
                found = outputs(output)
                want = {name: (t["dtype"], t["shape"], t["sha256"]) for name, t in tensors.items()}
                if sound:
                    self.assertEqual(found, want)
                else:  # what is damaged is not there, or as the fixture says
                    self.assertLessEqual(found.items(), want.items())
        self.assertGreater(converted, 50)

    def test_several_files_and_their_index(self):
        """huggingface_hub's loader takes sharded results, and finds every tensor that the index names."""
        for name, expected in self.fixtures():
            types = {t["dtype"] for t in expected["tensors"].values()}
            if expected.get("findings") or types & (NOT_LOADED | NOT_IN_SAFETENSORS) or len(expected["tensors"]) < 2:
                continue
            with self.subTest(name), tempfile.TemporaryDirectory() as folder:
                output = self.convert(expected, Path(folder) / "out", "--max-shard-size", "64", "--name-pattern",
                                      "model{suffix}.safetensors")
                if output is None:
                    continue
                found = outputs(output)
                recorder = Recorder(found)
                huggingface_hub.load_torch_model(recorder, output, strict=False, safe=True)
                self.assertEqual(interop.describe(recorder.given), found)


class WholeModelTest(interop.InteropTest):
    """transformers loads what we write as it loads the original."""

    def load(self, path, variant=None):
        config = transformers.AutoConfig.from_pretrained(path)
        model, report = getattr(transformers, config.architectures[0]).from_pretrained(
            path, dtype="auto", variant=variant, output_loading_info=True)
        # A name that should be there and is not would be filled with random numbers.
        self.assertFalse(report["missing_keys"] or report["unexpected_keys"] or report["mismatched_keys"], report)
        return interop.describe(model.state_dict())

    def check(self, path, want):
        for options in ((), ("--max-shard-size", "8KB"), ("--single-file",)):
            with self.subTest(f"{path.name} {options}"), tempfile.TemporaryDirectory() as folder:
                output = Path(folder) / "out"
                interop.run("convert", path, "--output", output, *options)
                self.assertEqual(self.load(output), want)

    def test_published_models(self):
        seen = 0
        for path in sorted(interop.DATA.glob("hf_*")):
            expected = interop.DATA / "expected" / f"{path.name}.json"
            if not (path / "config.json").exists() or json.loads(expected.read_text())["findings"]:
                continue
            variant = "fp16" if path.name.endswith("_fp16") else None
            self.check(path, self.load(path, variant))
            seen += 1
        self.assertGreater(seen, 1)

    def test_a_trainers_checkpoint(self):
        path = interop.DATA / "nemo_automodel/epoch_0_step_10/model"
        want = json.loads((interop.DATA / "expected/nemo_automodel.consolidated.json").read_text())
        for options, tensors, dtype in (((), want["as saved"]["tensors"], "float32"),
                                        (("--cast", "original"), want["original dtypes"]["tensors"], "bfloat16")):
            with self.subTest(str(options)), tempfile.TemporaryDirectory() as folder:
                output = Path(folder) / "out"
                interop.run("convert", path, "--output", output, *options)
                self.assertEqual(str(transformers.AutoConfig.from_pretrained(output).dtype), f"torch.{dtype}")
                # Its layers are no Llama's: huggingface_hub's loader takes any names.
                recorder = Recorder(tensors)
                huggingface_hub.load_torch_model(recorder, output, strict=True, safe=True)
                self.assertEqual(interop.describe(recorder.given), {
                    name: (t["dtype"], t["shape"], t["sha256"]) for name, t in tensors.items()})


if __name__ == "__main__":
    unittest.main()
