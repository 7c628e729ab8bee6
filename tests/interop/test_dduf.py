# SPDX-License-Identifier: Apache-2.0
"""DDUF as others see it: huggingface_hub and diffusers read our archives, and we theirs; so does @huggingface/dduf.

The npm package is looked for where NODE_PATH points (npm install @huggingface/dduf)."""
import filecmp
import json
import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

import safetensors.torch

import interop

try:
    from huggingface_hub import export_folder_as_dduf, read_dduf_file
except ImportError:
    raise unittest.SkipTest("huggingface_hub is missing")

PIPELINES = ["diffusers_sd15", "diffusers_sdxl", "diffusers_sd3", "diffusers_flux"]
ENDINGS = {".json", ".txt", ".model", ".safetensors"}

CHECK_JS = """
const load = async () => { try { return require('@huggingface/dduf'); }
  catch { return import(process.env.NODE_PATH + '/@huggingface/dduf/dist/index.mjs'); } };
(async () => {
  const { checkDDUF } = await load();
  const names = [];
  const bytes = require('fs').readFileSync(process.argv[1]);
  for await (const entry of checkDDUF(new Blob([bytes]))) names.push(entry.name);
  console.log(JSON.stringify(names));
})().catch(error => { console.error(String(error)); process.exit(1); });
"""


def weights_of(entry):
    with entry.as_mmap() as content:
        return safetensors.torch.load(bytes(content))


def same_tensors(test, found, wanted, where):
    test.assertEqual(interop.describe(found), interop.describe(wanted), where)


def files_below(folder):
    return {str(path.relative_to(folder)) for path in Path(folder).rglob("*") if path.is_file()}


class Exports(interop.InteropTest):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.path = Path(self.folder.name)

    def export(self, source, *options, name="x.dduf"):
        archive = self.path / name
        document = json.loads(interop.run("dduf", "export", source, "--output", archive, "--json", *options))
        return archive, {entry["name"]: entry["from"] for entry in document["entries"]}, document

    def test_hub_reads_every_export(self):
        for name in PIPELINES:
            for options in ([], ["--variant", "fp16"], ["--exclude", "vae"]):
                with self.subTest(name, options=options):
                    source = interop.DATA / name
                    archive, sources, _ = self.export(source, *options, name=f"{name}{len(options)}{options[-1:]}.dduf")
                    entries = read_dduf_file(archive)
                    self.assertEqual(list(entries), list(sources))
                    for entry, origin in sources.items():
                        self.assertEqual(entries[entry].offset % 64, 0)
                        if entry.endswith(".safetensors"):
                            same_tensors(self, weights_of(entries[entry]),
                                         safetensors.torch.load_file(source / origin), entry)
                        elif not entry.endswith("index.json"):
                            with entries[entry].as_mmap() as content:
                                self.assertEqual(bytes(content), (source / origin).read_bytes())
                    index = json.loads(entries["model_index.json"].read_text())
                    if "--exclude" in options:
                        self.assertEqual(index["vae"], [None, None])

    def test_python_finds_no_fault(self):
        """zipfile compares every CRC-32."""
        import zipfile
        archive, _, _ = self.export(interop.DATA / "diffusers_sd3")
        with zipfile.ZipFile(archive) as opened:
            self.assertIsNone(opened.testzip())
            for info in opened.infolist():
                self.assertEqual(info.date_time, (1980, 1, 1, 0, 0, 0))

    def test_archives_of_hub(self):
        """Packed there from a folder that we cleaned, checked and unpacked here."""
        for name in PIPELINES:
            with self.subTest(name):
                clean = self.path / f"{name}_clean"
                archive, _, _ = self.export(interop.DATA / name, name=f"{name}_ours.dduf")
                interop.run("dduf", "unpack", archive, "--output", clean)
                theirs = self.path / f"{name}_theirs.dduf"
                export_folder_as_dduf(theirs, clean)
                interop.run("dduf", "check", theirs, "--deep")
                out = self.path / f"{name}_out"
                interop.run("dduf", "unpack", theirs, "--output", out)
                self.assertEqual(files_below(out), files_below(clean))
                for file in files_below(clean):
                    self.assertTrue(filecmp.cmp(out / file, clean / file, shallow=False), file)

    def test_a_list_of_entries(self):
        from huggingface_hub import export_entries_as_dduf
        source = interop.DATA / "diffusers_sd15"
        entries = [(name, str(source / name)) for name in (
            "model_index.json", "vae/config.json", "vae/diffusion_pytorch_model.safetensors")]
        listed = self.path / "list"
        listed.write_text("".join(f"{name}={path}\n" for name, path in entries))
        ours, theirs = self.path / "ours.dduf", self.path / "theirs.dduf"
        interop.run("dduf", "export", "--entries", listed, "--output", ours)
        export_entries_as_dduf(theirs, entries)
        a, b = read_dduf_file(ours), read_dduf_file(theirs)
        self.assertEqual(list(a), list(b))
        for name in a:
            with a[name].as_mmap() as x, b[name].as_mmap() as y:
                self.assertEqual(bytes(x), bytes(y))

    def test_pickles_are_converted(self):
        import torch
        source = self.path / "pipe"
        shutil.copytree(interop.DATA / "diffusers_sd15", source)
        for file in (source / "vae").glob("*.safetensors"):
            file.unlink()
        interop.run("dduf", "export", source, "--output", self.path / "no.dduf", status=2)
        archive, _, _ = self.export(source, "--convert-pickles")
        found = weights_of(read_dduf_file(archive)["vae/diffusion_pytorch_model.safetensors"])
        same_tensors(self, found, torch.load(source / "vae/diffusion_pytorch_model.bin"), "vae")

    def test_diffusers_loads_components(self):
        try:
            import diffusers
        except ImportError:
            self.skipTest("diffusers is missing")
        version = tuple(int(part) for part in diffusers.__version__.split(".")[:2])
        if not (0, 32) <= version <= (0, 40):
            self.skipTest(f"diffusers {diffusers.__version__} loads no DDUF")
        for name in PIPELINES:
            with self.subTest(name):
                archive, _, document = self.export(interop.DATA / name, name=f"{name}.dduf")
                self.load(diffusers, archive, document["components"])

    def load(self, diffusers, archive, components):
        entries = read_dduf_file(archive)
        # What cannot be loaded from an archive at all, and tokenizers that need sentencepiece.
        given = {c["name"]: None for c in components
                 if c["name"] in ("safety_checker", "feature_extractor", "image_encoder")
                 or f"{c['name']}/spiece.model" in entries}
        pipeline = diffusers.DiffusionPipeline.from_pretrained(
            archive.parent, dduf_file=archive.name, local_files_only=True, **given)
        for component in components:
            module = getattr(pipeline, component["name"], None)
            if not component["weights"] or component["name"] in given or module is None:
                continue
            wanted = {}
            for name, entry in entries.items():
                if name.startswith(component["name"] + "/") and name.endswith(".safetensors"):
                    wanted |= weights_of(entry)
            state = module.state_dict()
            compared = 0
            for name, tensor in wanted.items():
                # transformers renames prefixes between its versions
                key = next((k for k in (name, name.removeprefix("text_model."), "text_model." + name,
                                        "model." + name) if k in state), None)
                if key is None:
                    continue
                self.assertTrue((state[key] == tensor.to(state[key].dtype)).all(), f"{component['name']}/{name}")
                compared += 1
            self.assertGreaterEqual(compared, len(wanted) - 1, component["name"])  # buffers may be recomputed

    def test_js_reads_exports(self):
        node, modules = shutil.which("node"), os.environ.get("NODE_PATH")
        if not node or not modules or not (Path(modules) / "@huggingface/dduf").exists():
            self.skipTest("@huggingface/dduf is not installed below NODE_PATH")
        for name in PIPELINES:
            with self.subTest(name):
                archive, sources, _ = self.export(interop.DATA / name, name=f"{name}.dduf")
                done = subprocess.run([node, "-e", CHECK_JS, str(archive)], capture_output=True, text=True)
                if any(entry.endswith(".model") for entry in sources):
                    self.assertIn("extension", done.stderr)
                else:
                    self.assertEqual(json.loads(done.stdout or "null"), list(sources), done.stderr)
