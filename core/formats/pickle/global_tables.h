// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <string_view>

namespace shardlens::pickle {

// What is known of globals by name: the tables behind judge(). Private to judge.cpp.

// Modules whose every callable reaches the system, the interpreter or the network.
inline constexpr std::array DangerousModules = std::to_array<std::string_view>({"_aix_support",
                                                                                "_ctypes",
                                                                                "_imp",

                                                                                "_osx_support",
                                                                                "_pickle",
                                                                                "_posixshmem",
                                                                                "_posixsubprocess",
                                                                                "_pyrepl",
                                                                                "_socket",
                                                                                "_ssl",
                                                                                "_thread",
                                                                                "_winapi",
                                                                                "aiohttp",
                                                                                "asyncio",
                                                                                "atexit",
                                                                                "bdb",

                                                                                "cProfile",
                                                                                "cloudpickle",
                                                                                "code",
                                                                                "codeop",
                                                                                "commands",
                                                                                "concurrent",
                                                                                "ctypes",
                                                                                "dill",
                                                                                "dis",
                                                                                "distutils",
                                                                                "doctest",
                                                                                "ensurepip",
                                                                                "fileinput",
                                                                                "ftplib",
                                                                                "gc",
                                                                                "glob",
                                                                                "http",
                                                                                "httplib",
                                                                                "idlelib",
                                                                                "imaplib",
                                                                                "imp",
                                                                                "importlib",
                                                                                "inspect",

                                                                                "lib2to3",
                                                                                "linecache",
                                                                                "logging.config",
                                                                                "marshal",
                                                                                "mmap",
                                                                                "multiprocessing",
                                                                                "nt",
                                                                                "ntpath",
                                                                                "os",
                                                                                "paramiko",
                                                                                "pdb",
                                                                                "pickle",
                                                                                "pip",
                                                                                "pkgutil",
                                                                                "platform",
                                                                                "poplib",
                                                                                "popen2",
                                                                                "posix",
                                                                                "posixpath",
                                                                                "profile",
                                                                                "pty",

                                                                                "py_compile",
                                                                                "pydoc",
                                                                                "requests",
                                                                                "resource",
                                                                                "runpy",
                                                                                "sched",
                                                                                "select",
                                                                                "selectors",
                                                                                "setuptools",
                                                                                "shelve",
                                                                                "shutil",
                                                                                "signal",
                                                                                "site",
                                                                                "smtplib",
                                                                                "socket",
                                                                                "socketserver",
                                                                                "sqlite3",
                                                                                "ssl",
                                                                                "subprocess",
                                                                                "sys",
                                                                                "sysconfig",
                                                                                "tempfile",

                                                                                "threading",
                                                                                "timeit",
                                                                                "tkinter",
                                                                                "trace",
                                                                                "traceback",
                                                                                "types",
                                                                                "urllib",
                                                                                "urllib2",
                                                                                "venv",
                                                                                "webbrowser",
                                                                                "xmlrpc",
                                                                                "zipimport",
                                                                                "cffi",
                                                                                "fabric",
                                                                                "ptyprocess",
                                                                                "pexpect",

                                                                                "plumbum",
                                                                                "nntplib",
                                                                                "telnetlib",
                                                                                "pyximport",
                                                                                "cython",
                                                                                "numba",
                                                                                "llvmlite",
                                                                                "pty",
                                                                                "winreg",
                                                                                "_winreg",
                                                                                "msvcrt",
                                                                                "fcntl",
                                                                                "syslog",
                                                                                "crypt",
                                                                                "spwd",
                                                                                "readline",
                                                                                "rlcompleter",
                                                                                "zipapp",
                                                                                "unittest",
                                                                                "turtle",
                                                                                "curses",
                                                                                "antigravity",

                                                                                "_xxsubinterpreters",
                                                                                "_interpreters",
                                                                                "faulthandler",
                                                                                "tracemalloc",
                                                                                "zipfile",
                                                                                "tarfile",

                                                                                "weakref.finalize"});

// Callables by module and name; `*` is any module.
struct Named {
    std::string_view module;
    std::string_view name;
};

inline constexpr std::array DangerousNames = std::to_array<Named>({
    {"builtins", "eval"},
    {"builtins", "exec"},
    {"builtins", "execfile"},
    {"builtins", "compile"},
    {"builtins", "open"},
    {"builtins", "__import__"},
    {"builtins", "getattr"},
    {"builtins", "setattr"},
    {"builtins", "delattr"},
    {"builtins", "globals"},
    {"builtins", "locals"},
    {"builtins", "vars"},
    {"builtins", "input"},
    {"builtins", "raw_input"},
    {"builtins", "breakpoint"},
    {"builtins", "help"},
    {"builtins", "apply"},
    {"builtins", "map"},
    {"builtins", "filter"},
    {"builtins", "reload"},
    {"builtins", "file"},
    {"builtins", "dir"},
    {"builtins", "memoryview"},
    {"builtins", "classmethod"},
    {"builtins", "staticmethod"},
    {"builtins", "property"},
    {"builtins", "type"},
    {"builtins", "exit"},
    {"builtins", "quit"},
    {"builtins", "callable"},
    {"operator", "attrgetter"},
    {"operator", "methodcaller"},
    {"operator", "itemgetter"},
    {"operator", "call"},
    {"_operator", "attrgetter"},
    {"_operator", "methodcaller"},
    {"_operator", "itemgetter"},
    {"_operator", "call"},
    {"functools", "partial"},
    {"functools", "reduce"},
    {"functools", "partialmethod"},
    {"_functools", "partial"},
    {"_functools", "reduce"},
    {"itertools", "starmap"},
    {"codecs", "open"},
    {"io", "open"},
    {"io", "open_code"},
    {"io", "FileIO"},
    {"_io", "open"},
    {"_io", "open_code"},
    {"_io", "FileIO"},
    {"torch", "load"},
    {"torch", "save"},
    {"torch", "compile"},
    {"torch.serialization", "load"},
    {"torch.serialization", "save"},
    {"torch.storage", "_load_from_bytes"},
    {"torch.hub", "load"},
    {"torch.hub", "load_state_dict_from_url"},
    {"torch.jit", "load"},
    {"torch.jit", "CompilationUnit"},
    {"torch.jit", "script"},
    {"torch.jit._script", "script"},
    {"torch.jit.unsupported_tensor_ops", "execWrapper"},
    {"torch.package", "PackageImporter"},
    {"torch._inductor.codecache", "compile_file"},
    {"torch._dynamo.guards", "GuardBuilder.get"},
    {"torch.ops", "load_library"},
    {"torch.classes", "load_library"},
    {"torch._ops", "load_library"},
    {"torch.utils._config_module", "ConfigModule.load_config"},
    {"torch.utils.collect_env", "run"},
    {"torch.fx.graph_module", "_forward_from_src"},
    {"torch.fx.graph_module", "_exec_with_source"},
    {"torch.fx.graph_module", "reduce_graph_module"},
    {"torch.fx._symbolic_trace", "exec"},
    {"numpy", "load"},
    {"numpy", "fromfile"},
    {"numpy", "memmap"},
    {"numpy.lib.npyio", "load"},
    {"numpy.core.records", "fromfile"},
    {"numpy.testing", "runstring"},
    {"numpy.testing._private.utils", "runstring"},
    {"numpy.f2py", "compile"},
    {"numpy.distutils", "exec_command"},
    {"pandas", "read_pickle"},
    {"pandas", "eval"},
    {"pandas.io.pickle", "read_pickle"},
    {"scipy", "load"},
    {"tensorflow", "load_op_library"},
    {"keras.models", "load_model"},
    {"joblib", "load"},
    {"joblib.numpy_pickle", "load"},
    {"weakref", "finalize"},
    {"uuid", "_popen"},
    {"uuid", "_get_command_stdout"},
    {"cgitb", "lookup"},
    {"ast", "literal_eval"},
    {"copyreg", "pickle"},
    {"copyreg", "add_extension"},
    {"yaml", "load"},
    {"yaml", "unsafe_load"},
    {"logging", "FileHandler"},
    {"torch.utils.cpp_extension", "load"},
    {"torch.utils.cpp_extension", "load_inline"},
    {"transformers", "pipeline"},
    {"huggingface_hub", "snapshot_download"},

});

// Components of a name that lead to the interpreter from any object that has them.
inline constexpr std::array DangerousParts = std::to_array<std::string_view>(
    {"os",          "sys",           "subprocess",    "posix",          "nt",
     "builtins",    "__builtins__",  "__globals__",   "__subclasses__", "__class__",
     "__base__",    "__bases__",     "__mro__",       "__import__",     "__getattribute__",
     "__getattr__", "__dict__",      "__init__",      "__code__",       "__call__",
     "__reduce__",  "__reduce_ex__", "__setstate__",  "__loader__",     "__spec__",
     "system",      "popen",         "Popen",         "eval",           "exec",
     "execfile",    "importlib",     "import_module", "shutil",         "ctypes",
     "socket",      "runpy",         "pickle",        "marshal"});

struct Family {
    std::string_view module;
    std::string_view names; // separated by blanks; empty: any CamelCase name
};

inline constexpr std::string_view Builtins =
    "set frozenset list dict tuple object complex bytes bytearray int float bool str slice range Ellipsis "
    "NotImplemented print";
inline constexpr std::string_view TorchNames =
    "Size device dtype Tensor Generator Parameter Storage FloatStorage DoubleStorage HalfStorage "
    "BFloat16Storage "
    "LongStorage IntStorage ShortStorage CharStorage ByteStorage BoolStorage ComplexFloatStorage "
    "ComplexDoubleStorage QInt8Storage QUInt8Storage QInt32Storage QUInt4x2Storage QUInt2x4Storage "
    "UntypedStorage "
    "TypedStorage BoolTensor ByteTensor CharTensor DoubleTensor FloatTensor HalfTensor IntTensor LongTensor "
    "ShortTensor BFloat16Tensor float32 float64 float16 bfloat16 float half double int8 int16 int32 int64 "
    "int long "
    "short uint8 uint16 uint32 uint64 bool complex32 complex64 complex128 cfloat cdouble chalf qint8 quint8 "
    "qint32 "
    "quint4x2 quint2x4 bits8 bits16 bits1x8 bits2x4 bits4x2 float8_e4m3fn float8_e5m2 float8_e4m3fnuz "
    "float8_e5m2fnuz float8_e8m0fnu float4_e2m1fn_x2 int1 int2 int3 int4 int5 int6 int7 uint1 uint2 uint3 "
    "uint4 uint5 "
    "uint6 uint7 strided sparse_coo sparse_csr sparse_csc sparse_bsr sparse_bsc jagged contiguous_format "
    "channels_last channels_last_3d preserve_format per_tensor_affine per_channel_affine "
    "per_channel_affine_float_qparams per_tensor_symmetric per_channel_symmetric _mkldnn";
inline constexpr std::string_view Rebuilds =
    "_rebuild_tensor _rebuild_tensor_v2 _rebuild_tensor_v3 _rebuild_parameter _rebuild_parameter_with_state "
    "_rebuild_qtensor _rebuild_sparse_tensor _rebuild_sparse_csr_tensor _rebuild_nested_tensor "
    "_rebuild_wrapper_subclass _rebuild_device_tensor_from_numpy _rebuild_device_tensor_from_cpu_tensor "
    "_rebuild_meta_tensor_no_storage _rebuild_xla_tensor";
inline constexpr std::string_view Paths = "PosixPath WindowsPath PurePosixPath PureWindowsPath Path PurePath";
inline constexpr std::string_view NumpyCore = "scalar _reconstruct";
inline constexpr std::string_view NumpyNames =
    "ndarray dtype float16 float32 float64 longdouble int8 int16 int32 int64 uint8 uint16 uint32 uint64 bool "
    "bool_ "
    "complex64 complex128 str_ bytes_ object_ void datetime64 timedelta64 float_ int_";

inline constexpr std::array KnownFamilies = std::to_array<Family>({
    {"builtins", Builtins},
    {"copyreg", "_reconstructor __newobj__ __newobj_ex__"},
    {"_codecs", "encode"},
    {"collections", "OrderedDict defaultdict Counter deque ChainMap UserDict UserList UserString"},
    {"datetime", "date datetime time timedelta timezone tzinfo"},
    {"decimal", "Decimal"},
    {"fractions", "Fraction"},
    {"uuid", "UUID SafeUUID"},
    {"enum", ""},
    {"io", "BytesIO StringIO"},
    {"_io", "BytesIO StringIO"},
    {"pathlib", Paths},
    {"pathlib._local", Paths},
    {"types", "SimpleNamespace NoneType"},
    {"array", "array _array_reconstructor"},
    {"random", "Random"},
    {"numpy", NumpyNames},
    {"numpy.dtypes", ""},
    {"numpy.core.multiarray", NumpyCore},
    {"numpy._core.multiarray", NumpyCore},
    {"numpy.core.numeric", "_frombuffer"},
    {"numpy._core.numeric", "_frombuffer"},
    {"numpy.random", "RandomState Generator"},
    {"numpy.random._pickle", "__randomstate_ctor __generator_ctor __bit_generator_ctor"},
    {"numpy.random._mt19937", "MT19937"},
    {"numpy.random._pcg64", "PCG64 PCG64DXSM"},
    {"numpy.random._philox", "Philox"},
    {"numpy.random.bit_generator", "SeedSequence"},
    {"torch", TorchNames},
    {"torch.cuda",
     "FloatStorage HalfStorage DoubleStorage LongStorage IntStorage BFloat16Storage FloatTensor "
     "HalfTensor BFloat16Tensor LongTensor"},
    {"torch._utils", Rebuilds},
    {"torch._tensor", "_rebuild_from_type_v2 _rebuild_from_type Tensor"},
    {"torch.nn.parameter", "Parameter Buffer UninitializedParameter UninitializedBuffer"},
    {"torch.serialization", "_get_layout"},
    {"torch.storage", "UntypedStorage TypedStorage _UntypedStorage _TypedStorage"},
    {"torch.torch_version", "TorchVersion"},
    {"torch.version", "TorchVersion"},
    {"torch._C", "Generator"},
    {"torch.distributed.checkpoint.metadata", ""},
    {"torch.distributed.checkpoint.filesystem", "_StorageInfo _StoragePrefix"},
    {"torch.distributed.checkpoint.planner", ""},
    {"torch.distributed.checkpoint.default_planner", ""},
    {"torch.distributed._shard.checkpoint.metadata", ""},
    {"torch.distributed._shard.checkpoint.filesystem", "_StorageInfo"},
    {"torch.distributed._shard.sharded_tensor.metadata", ""},
    {"torch.distributed._shard.metadata", ""},
    {"torch.distributed._shard.sharding_spec.chunk_sharding_spec", ""},
    {"torch.distributed.remote_device", "_remote_device"},
    {"torch.distributed.tensor", "DTensor DeviceMesh Shard Replicate Partial"},
    {"torch.distributed.tensor._dtensor_spec", ""},
    {"torch.distributed.tensor.placement_types", ""},
    {"torch.distributed._tensor.placement_types", ""},
    {"torch.distributed.device_mesh", "DeviceMesh"},
    {"megatron.core.dist_checkpointing.strategies.torch", ""},
    {"megatron.core.dist_checkpointing.strategies.cached_metadata_filesystem_reader", ""},
});

} // namespace shardlens::pickle
