# SPDX-License-Identifier: Apache-2.0
# Writes the same values with every protocol: python3 generate.py FOLDER
import collections, datetime, pickle, pathlib, sys
out = pathlib.Path(sys.argv[1])
shared = [1, 2]
value = {
    "none": None, "true": True, "false": False, "zero": 0, "byte": 200, "short": 60000, "int": -5,
    "int32": 2**31 - 1, "wide": 2**62, "minint": -2**63, "big": 2**70, "negbig": -2**70,
    "float": 0.1, "inf": float("inf"), "nan": float("nan"), "text": "tëxt\n\\ \u20ac \U0001f600", "quote": "'\"",
    "bytes": b"\x00\xffraw", "bytearray": bytearray(b"ab\xff"), "list": [1, "two", [3]], "empty_list": [],
    "tuple0": (), "tuple1": (1,), "tuple2": (1, 2), "tuple3": (1, 2, 3), "tuple4": (1, 2, 3, 4),
    "set": {1}, "frozenset": frozenset({4}), "empty": {}, "ordered": collections.OrderedDict(z=1, a=2),
    "counter": collections.Counter("aab"), "default": collections.defaultdict(list, {"k": [1]}),
    "complex": 1 + 2j, "date": datetime.date(2025, 1, 2), "datetime": datetime.datetime(2025, 1, 2, 3, 4, 5, 6),
    "path": pathlib.PurePosixPath("/a/b"), "shared_a": shared, "shared_b": shared, "long_list": list(range(1001)),
}
cycle = ["self"]; cycle.append(cycle); value["cycle"] = cycle
for protocol in range(6):
    (out / f"values_p{protocol}.pkl").write_bytes(pickle.dumps(value, protocol))

# What must come out, whatever the protocol.
import json
types = {k: (type(v).__name__ if type(v).__module__ == "builtins" else f"{type(v).__module__}.{type(v).__name__}")
         for k, v in value.items()}
plain = ["none", "true", "false", "zero", "byte", "short", "int", "int32", "wide", "minint", "float", "text", "quote",
         "list", "empty_list", "tuple0", "tuple1", "tuple2", "tuple3", "tuple4", "empty", "ordered", "default",
         "shared_a", "long_list"]
(out / "values.json").write_text(json.dumps({"types": types, "values": {k: value[k] for k in plain}}, indent=1,
                                            ensure_ascii=False, sort_keys=False))
