#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the archives of this folder: each breaks the rule that it is called after (behind a + stands how), the
sound ones break none. Records are laid out by hand, so that any field can lie."""

import binascii
import json
import struct
from pathlib import Path

HERE = Path(__file__).parent
INDEX = json.dumps({"_class_name": "TinyPipeline", "_diffusers_version": "0.40.0",
                    "vae": ["diffusers", "AutoencoderKL"]}).encode()


def safetensors(names=("conv.weight",)):
    header = {n: {"dtype": "U8", "shape": [4], "data_offsets": [4 * i, 4 * i + 4]} for i, n in enumerate(names)}
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + bytes(range(4 * len(names)))


class Entry:
    def __init__(self, name, data=b"{}", **fields):
        self.name, self.data = name if isinstance(name, bytes) else name.encode(), data
        self.flags = fields.pop("flags", 0 if self.name.isascii() else 0x800)
        self.method = fields.pop("method", 0)
        self.zip64 = fields.pop("zip64", True)
        self.extra = fields.pop("extra", b"")
        self.descriptor = fields.pop("descriptor", False)
        self.mode = fields.pop("mode", 0)
        self.crc = fields.pop("crc", binascii.crc32(self.data))
        self.local = fields  # what the local header says instead

    def local_header(self):
        size = self.local.get("size", len(self.data))
        crc = self.local.get("local_crc", self.crc)
        if self.descriptor:
            size = crc = 0
        extra = struct.pack("<HHQQ", 1, 16, size, size) if self.zip64 else b""
        small = 0xFFFFFFFF if self.zip64 and not self.local.get("real_sizes") else size
        name = self.local.get("local_name", self.name)
        return struct.pack("<4sHHHIIIIHH", b"PK\3\4", 45 if self.zip64 else 20, self.flags | (8 if self.descriptor else 0),
                           self.local.get("local_method", self.method), 0x00210000, crc, small, small, len(name),
                           len(extra) + len(self.extra)) + name + extra + self.extra

    def central_header(self, offset):
        size = self.local.get("central_size", len(self.data))
        wide = size > 0x7FFFFFFF
        extra = self.local.get("central_extra", struct.pack("<HHQQ", 1, 16, size, size) if wide else b"")
        small = 0xFFFFFFFF if wide else size
        if "central_small" in self.local:
            small = self.local["central_small"]
        return struct.pack("<4sHHHHIIIIHHHHHII", b"PK\1\2", 0x32D if self.mode else 45, 45 if self.zip64 else 20,
                           self.flags | (8 if self.descriptor else 0), self.method, 0x00210000, self.crc, small, small,
                           len(self.name), len(extra), 0, self.local.get("disk", 0), 0, self.mode << 16,
                           self.local.get("offset", offset)) + self.name + extra


def archive(entries, prepended=b"", trailing=b"", comment=b"", count=None, disk=0, zip64_end=False, wide_end=False,
            directory_shift=0):
    out, offsets = b"", []
    for e in entries:
        offsets.append(len(out))
        out += e.local_header() + e.data
        if e.descriptor:
            out += struct.pack("<4sIQQ" if e.zip64 else "<4sIII", b"PK\7\10", e.crc, len(e.data), len(e.data))
    start = len(out)
    for e, o in zip(entries, offsets):
        out += e.central_header(o)
    size, n = len(out) - start, len(entries) if count is None else count
    if zip64_end:
        at = len(out)
        out += struct.pack("<4sQHHIIQQQQ", b"PK\6\6", 44, 45, 45, 0, 0, n, n, size, start)
        out += struct.pack("<4sIQI", b"PK\6\7", 0, at, 1)
    small = (0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF) if wide_end else (n, size, start + directory_shift)
    out += struct.pack("<4sHHHHIIH", b"PK\5\6", disk, disk, small[0], small[0], small[1], small[2], len(comment)) + comment
    return prepended + out + trailing


def base(*more, index=INDEX, config=b"{}", weights=None, **fields):
    vae = [Entry("vae/config.json", config, **fields), Entry("vae/diffusion_pytorch_model.safetensors", weights or safetensors())]
    return [Entry("model_index.json", index), *vae, *more]


def write(name, data):
    (HERE / f"{name}.dduf").write_bytes(data)


def main():
    write("sound.plain", archive(base()))
    write("sound.zip64-end", archive(base(), zip64_end=True, wide_end=True))
    write("sound.zip64-end-beside-real-values", archive(base(), zip64_end=True))
    write("sound.cpython-3.10", archive([Entry(e.name, e.data, real_sizes=True) for e in base()]))
    write("sound.aligned", archive(base(extra=struct.pack("<HH", 0x4246, 11) + b"\0" * 11)))
    write("sound.descriptors", archive([Entry(e.name, e.data, descriptor=True) for e in base()]))
    write("sound.comment", archive(base(), comment=b"made by hand"))
    write("sound.utf8-name", archive(base(Entry("vae/größe.txt"))))

    for how, name in {"parent": "../evil.json", "inner-parent": "vae/../../x.json", "absolute": "/etc/x.json", "drive": "C:/x.json",
                      "backslash": "vae\\x.json", "nul": "vae/x\0.json", "control": "vae/\x1b[2J.json", "empty": "",
                      "dot": "./x.json", "empty-part": "vae//x.json"}.items():
        write(f"dduf.entry-name+{how}", archive(base(Entry(name))))
    write("dduf.entry-name+file-and-folder", archive(base(Entry("vae.txt"), Entry("vae.txt/config.json"),
          index=INDEX[:-1] + b', "vae.txt": ["a", "B"]}')))
    write("dduf.entry-type+python", archive(base(Entry("vae/evil.py"))))
    write("dduf.entry-type+pickle", archive(base(Entry("vae/pytorch_model.bin"))))
    write("dduf.entry-too-deep", archive(base(Entry("vae/old/config.json"))))
    write("dduf.folder-entry", archive(base(Entry("vae/", b""))))
    write("dduf.symlink", archive(base(Entry("vae/link.txt", b"/etc/passwd", mode=0o120777))))
    write("dduf.compressed+unknown", archive(base(method=99)))
    write("dduf.names-differ-in-case", archive(base(Entry("vae/Config.json"))))
    write("dduf.name-not-utf8", archive(base(Entry(b"vae/\xff\xfe.txt", flags=0x800))))
    write("dduf.name-not-flagged", archive(base(Entry("vae/größe.txt", flags=0))))
    write("dduf.no-zip64", archive([Entry(e.name, e.data, zip64=False) for e in base()]))
    write("dduf.index-missing", archive(base()[1:]))
    write("dduf.index-missing+no-entries", archive([]))
    write("dduf.index-not-object", archive(base(index=b'["vae"]')))
    write("json.syntax", archive(base(index=b'{"vae": ')))
    write("dduf.folder-unknown", archive(base(Entry("extra/config.json"))))
    write("dduf.folder-without-config", archive(base(Entry("unet/diffusion_pytorch_model.safetensors", safetensors()),
          index=INDEX[:-1] + b', "unet": ["diffusers", "UNet2DModel"]}')))
    write("dduf.folder-unused", archive(base(Entry("unet/config.json"), index=INDEX[:-1] + b', "unet": [null, null]}')))
    write("dduf.component-missing", archive(base(index=INDEX[:-1] + b', "unet": ["diffusers", "UNet2DModel"]}')))
    write("dduf.several-weight-sets", archive(base(Entry("vae/diffusion_pytorch_model.fp16.safetensors", safetensors()))))
    write("dduf.weights-at-root", archive(base(Entry("sd.safetensors", safetensors()))))
    write("diffusers.no-weights", archive(base()[:2]))
    write("safetensors.header-truncated", archive(base(weights=struct.pack("<Q", 1 << 40) + b"{}")))
    write("safetensors.truncated", archive(base(weights=safetensors()[:-2])))
    shards = json.dumps({"weight_map": {"a": "diffusion_pytorch_model-00001-of-00002.safetensors",
                                        "b": "diffusion_pytorch_model-00002-of-00002.safetensors"}}).encode()
    write("hub.file-missing", archive(base()[:2] + [Entry("vae/diffusion_pytorch_model.safetensors.index.json", shards),
          Entry("vae/diffusion_pytorch_model-00001-of-00002.safetensors", safetensors(("a",)))]))

    write("zip.encrypted", archive(base(flags=1)))
    write("zip.duplicate-name", archive(base(Entry("vae/config.json", b'{"other": 1}'))))
    write("zip.multi-disk", archive(base(), disk=3))
    write("zip.multi-disk+entry", archive(base(disk=2)))
    for field, value in {"local_name": b"vae/other.json1", "local_method": 8, "local_crc": 1, "size": 3}.items():
        write(f"zip.local-header-disagrees+{field.replace('_', '-')}", archive(base(**{field: value})))
    write("zip.local-header-broken", archive(base(offset=7)))
    write("zip.entry-past-end", archive(base(central_size=100_000, size=100_000)))
    write("zip.entry-past-end+2-63", archive(base(central_size=1 << 63, size=1 << 63)))
    write("zip.entry-past-end+offset", archive(base(offset=0xFFFFFFF0)))
    write("zip.entries-overlap", archive(overlapping()))
    write("zip.entry-count-disagrees+more", archive(base(), count=9))
    write("zip.entry-count-disagrees+fewer", archive(base(), count=2))
    write("zip.several-end-records", archive(base(), comment=archive(base()[:1])))
    write("zip.prepended-data", archive(base(), prepended=b"#!/bin/sh\n"))
    write("zip.trailing-bytes", archive(base(), trailing=b"\0" * 7))
    write("zip.extra-broken", archive(base(central_small=0xFFFFFFFF, central_extra=struct.pack("<HHQ", 1, 8, 2))))
    write("zip.directory-broken", archive(base(), directory_shift=1000))
    write("zip.truncated", archive(base())[:-60])
    write("zip.no-end-record", b"this is no archive at all, only its name says so\n")
    write("zip.crc-mismatch+index", archive([Entry("model_index.json", INDEX, crc=1), *base()[1:]]))
    write("deep+zip.crc-mismatch", archive(base(crc=1)))


def overlapping():
    """The last entry's record is the data of the one before it."""
    inner = Entry("vae/x.txt", b"inner")
    outer = Entry("vae/a.txt", inner.local_header() + inner.data)
    entries = base(outer)
    at = sum(len(e.local_header()) + len(e.data) for e in entries[:-1]) + len(outer.local_header())
    return entries + [Entry("vae/x.txt", b"inner", offset=at)]


if __name__ == "__main__":
    main()
