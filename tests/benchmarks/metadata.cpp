// SPDX-License-Identifier: Apache-2.0
// How fast the metadata of a large distributed checkpoint opens, and in how much memory, beside Python's
// unpickler.
//
//   bench.metadata [SLICES [SLICES_A_TENSOR]]
//
// Writes a .metadata with so many slices (1,000,000 in tensors of 8) to a temporary folder, as PyTorch 2.9
// pickles it, parses it, and opens the folder. SHARDLENS_PYTHON names the interpreter to compare with; its
// unpickler gets classes that do nothing.
#include "formats/open.h"
#include "formats/pickle/parse.h"
#include "support/metadata_writer.h"

#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <sys/resource.h>
#include <unistd.h>

using namespace shardlens;

namespace {

double peakMiB() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_maxrss) / 1024;
}

template <typename Work>
double secondsOf(const Work& work) {
    const auto began = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
}

void fail(const Error& error) {
    fmt::print(stderr, "{}\n", describe(error));
    std::exit(1);
}

void parseAlone(const std::string& path) {
    JobContext context;
    const double seconds = secondsOf([&] {
        const auto source = openFile(path);
        if (!source)
            fail(source.error());
        auto input = pickle::readInput(**source, 0, (*source)->size(), {}, context);
        if (!input)
            fail(input.error());
        const auto parsed = pickle::parse(std::move(*input), context);
        if (!parsed)
            fail(parsed.error());
        fmt::print("parsed: {} values in {:.0f} MiB beside the file\n", (*parsed)->nodes(),
                   static_cast<double>((*parsed)->memory()) / (1 << 20));
    });
    fmt::print("reading and parsing: {:.2f} s, peak {:.0f} MiB\n", seconds, peakMiB());
}

void openFolder(const std::string& folder) {
    const double seconds = secondsOf([&] {
        const auto opened = open(folder, {}, {});
        if (!opened)
            fail(opened.error());
        fmt::print("opened: {} tensors, {} slices\n", (*opened)->tensorCount(), (*opened)->sliceCount());
    });
    fmt::print("opening the checkpoint: {:.2f} s, peak {:.0f} MiB\n", seconds, peakMiB());
}

// A class for every global, so that the unpickler does the work that PyTorch's classes would give it.
constexpr const char* PythonLoader = R"(import pickle, sys, time
classes = {}
class Plain:
    def __init__(self, *a): pass
    def __setstate__(self, state): self.__dict__.update(state if isinstance(state, dict) else {"state": state})
class Loader(pickle.Unpickler):
    def find_class(self, module, name):
        if name == "Size": return tuple
        return classes.setdefault((module, name), type(name, (Plain,), {}))
began = time.time()
Loader(open(sys.argv[1], "rb")).load()
print(f"Python's unpickler: {time.time() - began:.2f} s", flush=True)
import os; os._exit(0)
)";

void comparePython(const std::filesystem::path& folder) {
    const char* python = std::getenv("SHARDLENS_PYTHON");
    if (python == nullptr)
        return;
    const auto script = folder / "load.py";
    std::ofstream(script) << PythonLoader;
    const std::string command =
        fmt::format("'{}' '{}' '{}'", python, script.string(), (folder / ".metadata").string());
    std::fflush(stdout);
    if (std::system(command.c_str()) != 0)
        fmt::print(stderr, "Python failed\n");
}

} // namespace

int main(int argc, char** argv) {
    const std::size_t slices = argc > 1 ? std::stoul(argv[1]) : 1'000'000;
    const std::size_t perTensor = argc > 2 ? std::stoul(argv[2]) : 8;
    const auto folder =
        std::filesystem::temp_directory_path() / fmt::format("shardlens-bench-{}", ::getpid());
    std::filesystem::create_directories(folder);
    const std::string path = (folder / ".metadata").string();
    test::writeLargeMetadata(path, slices, perTensor);
    fmt::print("{} slices: {:.0f} MB\n", slices, static_cast<double>(std::filesystem::file_size(path)) / 1e6);
    parseAlone(path);
    openFolder(folder.string());
    comparePython(folder);
    std::filesystem::remove_all(folder);
    return 0;
}
