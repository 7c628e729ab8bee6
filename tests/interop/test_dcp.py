# SPDX-License-Identifier: Apache-2.0
"""Checkpoints that PyTorch saves right now from four processes are read by us, tensor by tensor."""
import socket
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import torch

import interop


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class DcpTest(interop.InteropTest):
    def check(self, case):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "checkpoint"
            script = Path(__file__).with_name("dcp_ranks.py")
            subprocess.run([sys.executable, str(script), str(free_port()), case, str(path)], check=True, timeout=300)
            expected = interop.describe(torch.load(f"{path}.pt"))
            self.assertEqual(interop.hashed(path), expected)
            if any(dtype == "C128" for dtype, _, _ in expected.values()):
                return
            output = Path(folder) / "converted"
            interop.run("convert", path, "--output", output, "--verify", "full")
            self.assertEqual(interop.hashed(output), expected)

    def test_fsdp2_with_optimizer(self):
        self.check("fsdp")

    def test_flattened_optimizer(self):
        self.check("flattened_optimizer")

    def test_tensor_parallel(self):
        self.check("tensor_parallel")

    def test_2d_mesh(self):
        self.check("mesh_2d")


if __name__ == "__main__":
    unittest.main()
