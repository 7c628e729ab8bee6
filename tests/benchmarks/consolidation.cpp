// SPDX-License-Identifier: Apache-2.0
// bench.consolidation DIR [MiB]: consolidates tensors cut by rows and by columns over 8 files, and many small
// ones over 64, and copies the same bytes with `cp` in the same run (with `sync` of the files where the
// conversion syncs). Prints the best of several rounds and the ratios. Needs three times MiB in DIR;
// everything is removed afterwards.
#include "convert/convert.h"
#include "data/cast.h"
#include "io/file_tree.h"
#include "model/checkpoint_builder.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <random>
#include <string>
#include <sys/resource.h>
#include <vector>

using namespace shardlens;
namespace fs = std::filesystem;

namespace {

double seconds(const std::function<void()>& work) {
    const auto began = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
}

void run(const std::string& command) {
    if (std::system(command.c_str()) != 0)
        std::abort();
}

struct Made {
    CheckpointPtr checkpoint;
    std::vector<std::string> files;
};

/// `tensors` of F32 [rows, columns] cut along one dim into as many parts as there are files; each file holds
/// its part of every tensor one after the other, as ranks write them.
Made make(const std::string& folder, std::size_t tensors, std::uint64_t rows, std::uint64_t columns,
          std::size_t cutDim, std::size_t files) {
    fs::create_directories(folder);
    CheckpointBuilder builder{JobContext{}};
    builder.facts().folder = folder;
    Made made;
    std::mt19937_64 random(1);
    std::vector<std::uint64_t> block(1 << 17);
    for (auto& word : block)
        word = random() & 0x3fff3fff3fff3fffu;
    const Dims shape{rows, columns};
    Dims part = shape;
    part[cutDim] /= files;
    const auto partBytes = part[0] * part[1] * 4;
    for (std::size_t f = 0; f != files; ++f) {
        const auto path = folder + "/shard-" + std::to_string(f);
        std::ofstream out(path, std::ios::binary);
        for (auto left = partBytes * tensors; left != 0;) {
            const auto size = std::min<std::uint64_t>(left, block.size() * 8);
            out.write(reinterpret_cast<const char*>(block.data()), static_cast<std::streamsize>(size));
            left -= size;
        }
        out.close();
        FileRecord record;
        record.path = "shard-" + std::to_string(f);
        record.bytes = partBytes * tensors;
        record.source = *openFile(path);
        builder.addFile(std::move(record));
        made.files.push_back(path);
    }
    for (std::size_t t = 0; t != tensors; ++t) {
        const auto id = builder.addTensor("layers." + std::to_string(t) + ".weight")->id;
        builder.setDType(id, DType::F32);
        builder.setShape(id, shape);
        for (std::size_t f = 0; f != files; ++f) {
            Dims offset{0, 0};
            offset[cutDim] = part[cutDim] * f;
            builder.addSlice(id, offset, part, DType::F32, FileId(f), {partBytes * t, partBytes * (t + 1)});
        }
    }
    made.checkpoint = *builder.build();
    return made;
}

class Bench {
public:
    Bench(std::string folder, int rounds) : m_folder(std::move(folder)), m_rounds(rounds) {}

    void compare(const char* title, const Made& made, convert::Options options) {
        options.output = m_folder + "/out";
        options.singleFile = true;
        double best[4] = {1e9, 1e9, 1e9, 1e9};
        std::string names;
        for (const auto& file : made.files)
            names += " " + file;
        for (int round = 0; round != m_rounds; ++round)
            for (const bool sync : {false, true}) {
                options.sync = sync;
                const auto ours = seconds([&] { convertOnce(made, options); });
                clear();
                fs::create_directory(m_folder + "/copy");
                const auto theirs = seconds([&] {
                    run("cp" + names + " " + m_folder + "/copy");
                    if (sync)
                        run("sync " + m_folder + "/copy/*");
                });
                clear();
                best[sync ? 2 : 0] = std::min(best[sync ? 2 : 0], ours);
                best[sync ? 3 : 1] = std::min(best[sync ? 3 : 1], theirs);
            }
        std::printf("%-34s %7.3f s, cp %7.3f s: %.2f   with fsync %7.3f s, cp and sync %7.3f s: %.2f\n",
                    title, best[0], best[1], best[0] / best[1], best[2], best[3], best[2] / best[3]);
        std::fflush(stdout);
    }

private:
    static void convertOnce(const Made& made, const convert::Options& options) {
        const auto plan = convert::planConversion(made.checkpoint, options, {});
        const auto report =
            plan ? convert::execute(*plan, options, {}) : Result<convert::Report>(Failure(plan.error()));
        if (!report) {
            std::printf("%s\n", describe(report.error()).c_str());
            std::exit(1);
        }
    }

    void clear() {
        fs::remove_all(m_folder + "/out");
        fs::remove_all(m_folder + "/copy");
    }

    std::string m_folder;
    int m_rounds;
};

} // namespace

int main(int count, char** arguments) {
    if (count < 2) {
        std::printf("usage: %s DIR [MiB] [ROUNDS]\n", arguments[0]);
        return 2;
    }
    const std::string folder = std::string(arguments[1]) + "/shardlens-bench";
    const auto mib = count > 2 ? std::strtoull(arguments[2], nullptr, 10) : 4096;
    fs::remove_all(folder);
    fs::create_directories(folder);
    Bench bench(folder, count > 3 ? std::atoi(arguments[3]) : 3);
    const std::uint64_t tensors = std::max<std::uint64_t>(mib / 64, 1); // 64 MiB each: [4096, 4096] of F32
    {
        const auto made = make(folder + "/rows", tensors, 4096, 4096, 0, 8);
        bench.compare("rows over 8 files", made, {});
        convert::Options cast;
        cast.cast = convert::Cast::BF16;
        bench.compare("rows over 8 files, cast to BF16", made, cast);
        fs::remove_all(folder + "/rows");
    }
    {
        const auto made = make(folder + "/columns", tensors, 4096, 4096, 1, 8);
        bench.compare("columns over 8 files", made, {});
        fs::remove_all(folder + "/columns");
    }
    {
        const auto made = make(folder + "/small", 800, 64, 512, 0, 64); // 105 MB
        bench.compare("800 tensors over 64 files, 105 MB", made, {});
    }
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    std::printf("peak memory %ld MiB\n", usage.ru_maxrss / 1024);
    fs::remove_all(folder);
    return 0;
}
