// SPDX-License-Identifier: Apache-2.0
// bench.dduf DIR [MiB] [ROUNDS] [PYTHON]: exports a diffusers folder to DDUF and unpacks it with every CRC
// compared, beside `cp -r` of the same folder in the same run (and `sync` where ours syncs), rounds interleaved.
// With PYTHON, an interpreter that has huggingface_hub, its export_folder_as_dduf is timed too. Prints medians,
// their ratios and the CPU time of ours to cp's. Needs three times MiB in DIR; all is removed afterwards.
#include "convert/dduf_export.h"
#include "convert/dduf_unpack.h"
#include "formats/safetensors/writer.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <random>
#include <string>
#include <sys/resource.h>
#include <vector>

using namespace shardlens;
using namespace shardlens::convert;
namespace fs = std::filesystem;

namespace {

struct Cost {
    double wall = 0, cpu = 0;
};

double cpuOf(int who) {
    rusage usage{};
    ::getrusage(who, &usage);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

Cost measure(const std::function<void()>& work) {
    const auto cpu = cpuOf(RUSAGE_SELF) + cpuOf(RUSAGE_CHILDREN);
    const auto began = std::chrono::steady_clock::now();
    work();
    return {std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count(),
            cpuOf(RUSAGE_SELF) + cpuOf(RUSAGE_CHILDREN) - cpu};
}

void run(const std::string& command) {
    if (std::system(command.c_str()) != 0) {
        std::printf("failed: %s\n", command.c_str());
        std::exit(1);
    }
}

void give(const std::string& path, const std::string& text) {
    fs::create_directories(fs::path(path).parent_path());
    std::ofstream(path, std::ios::binary) << text;
}

/// A safetensors file of about that many MiB: F16 tensors of 16 MiB.
void giveWeights(const std::string& path, std::uint64_t mib) {
    constexpr std::uint64_t Each = 16;
    const Dims shape{2048, 4096};
    std::vector<std::string> names;
    for (std::uint64_t i = 0; i < std::max<std::uint64_t>(mib / Each, 1); ++i)
        names.push_back("blocks." + std::to_string(i) + ".weight");
    std::vector<safetensors::TensorToWrite> tensors;
    for (const auto& name : names)
        tensors.push_back({name, DType::F16, shape});
    const auto header = *safetensors::buildHeader(tensors, {});
    std::ofstream out(path, std::ios::binary);
    out.write(reinterpret_cast<const char*>(header.bytes.data()),
              static_cast<std::streamsize>(header.bytes.size()));
    std::mt19937_64 random(mib);
    std::vector<std::uint64_t> block(1 << 17);
    for (auto& word : block)
        word = random();
    for (auto left = header.fileBytes - header.bytes.size(); left != 0;) {
        const auto size = std::min<std::uint64_t>(left, block.size() * 8);
        out.write(reinterpret_cast<const char*>(block.data()), static_cast<std::streamsize>(size));
        left -= size;
    }
}

void makePipeline(const std::string& folder, std::uint64_t mib) {
    give(folder + "/model_index.json", R"({"_class_name": "StableDiffusionPipeline",
"scheduler": ["diffusers", "PNDMScheduler"], "text_encoder": ["transformers", "CLIPTextModel"],
"tokenizer": ["transformers", "CLIPTokenizer"], "unet": ["diffusers", "UNet2DConditionModel"],
"vae": ["diffusers", "AutoencoderKL"]})");
    give(folder + "/scheduler/scheduler_config.json", "{}");
    give(folder + "/tokenizer/tokenizer_config.json", "{}");
    give(folder + "/tokenizer/vocab.json", "{\"a\": " + std::string(1'000'000, ' ') + "1}");
    for (const auto* component : {"text_encoder", "unet", "vae"})
        give(folder + "/" + component + "/config.json", "{}");
    giveWeights(folder + "/text_encoder/model.safetensors", mib / 8);
    giveWeights(folder + "/unet/diffusion_pytorch_model.safetensors", mib * 3 / 4);
    giveWeights(folder + "/vae/diffusion_pytorch_model.safetensors", mib / 8);
}

template <typename T>
T demand(Result<T> result) {
    if (!result) {
        std::printf("%s\n", describe(result.error()).c_str());
        std::exit(1);
    }
    return std::move(*result);
}

class Bench {
public:
    Bench(std::string folder, std::string python)
        : m_folder(std::move(folder))
        , m_python(std::move(python)) {}

    void round(bool sync) {
        const std::string suffix = sync ? " with fsync" : "";
        note("export" + suffix, [&] { exportOnce(sync); });
        fs::remove(m_folder + "/x.dduf");
        note("cp" + suffix, [&] {
            run("cp -r " + m_folder + "/pipe " + m_folder + "/copy");
            if (sync)
                run("find " + m_folder + "/copy -type f -exec sync {} +");
        });
        fs::remove_all(m_folder + "/copy");
        if (!m_python.empty() && !sync) {
            note("huggingface_hub", [&] {
                run(m_python + " -c 'from huggingface_hub import export_folder_as_dduf as e; e(\"" +
                    m_folder + "/x.dduf\", \"" + m_folder + "/pipe\")'");
            });
            fs::remove(m_folder + "/x.dduf");
        }
        exportOnce(false);
        note("unpack" + suffix, [&] { unpackOnce(sync); });
        fs::remove_all(m_folder + "/out");
        fs::remove(m_folder + "/x.dduf");
    }

    void report() {
        for (const std::string suffix : {"", " with fsync"}) {
            const auto cp = median("cp" + suffix);
            std::printf("cp of the folder%-18s %7.3f s  cpu %6.3f s\n", suffix.c_str(), cp.wall, cp.cpu);
            for (const std::string what : {"export", "unpack", "huggingface_hub"})
                if (const auto ours = median(what + suffix); ours.wall > 0)
                    std::printf("%-34s %7.3f s  cpu %6.3f s   %.2f x cp, cpu %.2f x\n",
                                (what + suffix).c_str(), ours.wall, ours.cpu, ours.wall / cp.wall,
                                ours.cpu / cp.cpu);
        }
        rusage usage{};
        ::getrusage(RUSAGE_SELF, &usage);
        std::printf("peak memory %ld MiB\n", usage.ru_maxrss / 1024);
    }

private:
    void exportOnce(bool sync) {
        ExportOptions options;
        options.folder = m_folder + "/pipe";
        options.output = m_folder + "/x.dduf";
        options.sync = sync;
        demand(executeExport(demand(planExport(options, {})), options, {}));
    }

    void unpackOnce(bool sync) {
        UnpackOptions options;
        options.archive = m_folder + "/x.dduf";
        options.output = m_folder + "/out";
        options.sync = sync;
        demand(executeUnpack(demand(planUnpack(options, {})), options, {}));
    }

    void note(const std::string& what, const std::function<void()>& work) {
        // A virtual machine may have to ask its host for memory that it did not use lately: every contender
        // gets pages that were in use a moment ago.
        run("cp -r " + m_folder + "/pipe " + m_folder + "/warm && rm -r " + m_folder + "/warm");
        m_costs[what].push_back(measure(work));
    }

    Cost median(const std::string& what) {
        auto& costs = m_costs[what];
        if (costs.empty())
            return {};
        const auto middle = [&](double Cost::*field) {
            std::ranges::sort(costs, {}, field);
            return costs[costs.size() / 2].*field;
        };
        return {middle(&Cost::wall), middle(&Cost::cpu)};
    }

    std::string m_folder, m_python;
    std::map<std::string, std::vector<Cost>> m_costs;
};

} // namespace

int main(int count, char** arguments) {
    if (count < 2) {
        std::printf("usage: %s DIR [MiB] [ROUNDS] [PYTHON]\n", arguments[0]);
        return 2;
    }
    const std::string folder = std::string(arguments[1]) + "/shardlens-bench-dduf";
    fs::remove_all(folder);
    makePipeline(folder + "/pipe", count > 2 ? std::strtoull(arguments[2], nullptr, 10) : 2048);
    run("sync " + folder);
    Bench bench(folder, count > 4 ? arguments[4] : "");
    const auto rounds = count > 3 ? std::atoi(arguments[3]) : 5;
    for (int i = 0; i != rounds; ++i)
        for (const bool sync : {false, true})
            bench.round(sync);
    bench.report();
    fs::remove_all(folder);
    return 0;
}
