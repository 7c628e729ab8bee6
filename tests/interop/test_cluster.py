# SPDX-License-Identifier: Apache-2.0
"""Several processes under a real launcher give what one run gives."""
import os
import shutil
import subprocess
import unittest
from pathlib import Path

import interop

SCRIPTS = Path(__file__).with_name("cluster")


class ClusterTest(interop.InteropTest):
    def launch(self, script, *programs):
        path = os.environ["PATH"] + ":/usr/sbin"
        missing = [program for program in programs if not shutil.which(program, path=path)]
        if missing:
            self.skipTest(f"{', '.join(missing)} not installed")
        done = subprocess.run([SCRIPTS / script], env=os.environ | {"SHARDLENS_CLI": interop.PROGRAM},
                              capture_output=True, text=True, timeout=600)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_mpirun(self):
        self.launch("mpirun.sh", "mpirun")

    def test_srun(self):
        self.launch("slurm.sh", "munged", "slurmctld", "slurmd", "srun", "sbatch")


if __name__ == "__main__":
    unittest.main()
