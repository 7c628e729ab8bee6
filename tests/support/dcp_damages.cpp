// SPDX-License-Identifier: Apache-2.0
#include "support/dcp_damages.h"

#include "support/pickle_maker.h"

#include <filesystem>
#include <string_view>
#include <utility>

namespace shardlens::test {

std::vector<DcpDamage> dcpDamages() {
    std::vector<DcpDamage> all;
    const auto made = [&all](const char* rule, std::function<void(DcpMaker&)> maker) {
        all.push_back({});
        all.back().rule = rule;
        all.back().maker = std::move(maker);
    };
    const auto left = [&all](const char* rule, bool opens, std::function<void(const TempFolder&)> folder) {
        all.push_back({});
        all.back().rule = rule;
        all.back().opens = opens;
        all.back().folder = std::move(folder);
    };
    const auto remove = [](const TempFolder& folder, const char* name) {
        std::filesystem::remove(folder.path(name));
    };
    left("dcp.unfinished-save", false, [remove](const TempFolder& folder) {
        folder.write(".metadata.tmp", folder.read(".metadata"));
        remove(folder, ".metadata");
    });
    left("dcp.no-metadata", false, [remove](const TempFolder& folder) { remove(folder, ".metadata"); });
    left("dcp.not-metadata", false,
         [](const TempFolder& folder) { folder.write(".metadata", pickled::whole(pickled::list({}))); });
    left("dcp.paddle", false, [](const TempFolder& folder) {
        folder.write(
            ".metadata",
            pickled::whole(pickled::global("paddle.distributed.checkpoint.metadata", "Metadata") + ")\x81"));
    });
    left("dcp.paddle", false, [remove](const TempFolder& folder) {
        remove(folder, ".metadata");
        folder.write(
            "0.metadata",
            pickled::whole(pickled::global("paddle.distributed.checkpoint.metadata", "Metadata") + ")\x81"));
    });
    left("pickle.truncated", false, [](const TempFolder& folder) {
        folder.write(".metadata", folder.read(".metadata").substr(0, 100));
    });
    left("file.lfs-pointer", false, [](const TempFolder& folder) {
        folder.write(".metadata", "version https://git-lfs.github.com/spec/v1\noid sha256:" +
                                      std::string(64, 'a') + "\nsize 12345\n");
    });
    left("dcp.file-missing", true, [remove](const TempFolder& folder) { remove(folder, "__1_0.distcp"); });
    left("dcp.file-unreadable", true, [remove](const TempFolder& folder) {
        remove(folder, "__1_0.distcp");
        folder.write("__1_0.distcp/inner", "a folder where a file should be");
    });
    left("dcp.stale-files", true, [](const TempFolder& folder) { folder.write("__7_0.distcp", "old"); });
    left("dcp.temporary-left", true, [](const TempFolder& folder) { folder.write(".metadata.tmp", "new"); });
    left("dcp.unclaimed-bytes", true, [](const TempFolder& folder) {
        folder.write("__0_0.distcp", folder.read("__0_0.distcp") + "more");
    });
    left("slices.past-end-of-file", true, [](const TempFolder& folder) {
        folder.write("__1_0.distcp", folder.read("__1_0.distcp").substr(0, 200));
    });
    left("dcp.value-past-end", true, [](const TempFolder& folder) {
        const std::string whole = folder.read("__0_0.distcp");
        folder.write("__0_0.distcp", std::string_view(whole).substr(0, whole.size() - 10));
    });
    left("dcp.item-unreadable", true, [](const TempFolder& folder) {
        folder.write("__1_0.distcp", std::string(folder.read("__1_0.distcp").size(), 'x'));
    });
    left("dcp.value-unreadable", true, [](const TempFolder& folder) {
        std::string whole = folder.read("__0_0.distcp");
        const std::size_t begin =
            whole.rfind("data.pkl"); // the central directory's entry of the value's archive
        whole.replace(begin, 8, "DATA.PKL");
        folder.write("__0_0.distcp", whole);
    });
    made("dcp.bad-entry", [](DcpMaker& maker) { maker.tensors[1].sizePickle = pickled::text("large"); });
    made("dcp.bad-entry", [](DcpMaker& maker) { maker.tensors[1].slices[0].size = {5, 1}; });
    made("dcp.unknown-dtype", [](DcpMaker& maker) { maker.tensors[1].dtype = "float3"; });
    for (const char* path : {"../up.distcp", "/etc/passwd", "a/../../up", "C:\\x", ""})
        made("dcp.unsafe-path", [path](DcpMaker& maker) {
            maker.tensors[1].slices[0].file = path;
            maker.tensors[1].slices[0].content.clear();
        });
    made("dcp.value-without-bytes", [](DcpMaker& maker) { maker.values[0].item.stored = false; });
    made("slices.without-bytes", [](DcpMaker& maker) { maker.tensors[0].slices[1].stored = false; });
    made("dcp.size-differs",
         [](DcpMaker& maker) { maker.tensors[1].slices[0].content = DcpMaker::floats({4}); });
    made("dcp.dtype-differs", [](DcpMaker& maker) { maker.tensors[1].dtype = "int32"; });
    made("dcp.dtypes-mixed", [](DcpMaker& maker) {
        const std::string storage = pickled::storage("IntStorage", "0", 6);
        maker.tensors[0].slices[1].content = textOf(
            makeTorchFile(pickled::tensor(storage, 0, {2, 3}, {3, 1}), {{"0", std::string(24, '\1')}}));
    });
    made("dcp.unknown-transform", [](DcpMaker& maker) {
        maker.tensors[1].slices[0].transforms = {"stream.zstd/1", "stream.rot13/1"};
    });
    made("dcp.items-overlap", [](DcpMaker& maker) { maker.values[0].item.begin = 10; });
    made("dcp.trainers-path", [](DcpMaker& maker) { maker.checkpointId = "/home/someone/run-1"; });
    made("dcp.megatron-names", [](DcpMaker& maker) { maker.moreFields = pickled::text("mcore_data") + "}"; });
    made("dcp.reformulated", [](DcpMaker& maker) {
        const std::string shape = pickled::dims({5, 1});
        maker.moreFields =
            pickled::text("mcore_data") +
            pickled::dict({{pickled::text("a.b"),
                            pickled::dict({{pickled::text("nd_reformulated_orig_global_shape"), shape}})}});
    });
    made("dcp.values-not-searched", [](DcpMaker& maker) {
        for (int i = 0; i < 5000; ++i) {
            DcpValue value = maker.values[0];
            value.name = "value" + std::to_string(i);
            value.item.content.clear();
            value.item.begin = 0;
            value.item.length = 1;
            maker.values.push_back(value);
        }
    });
    made("pickle.dangerous-global", [](DcpMaker& maker) {
        maker.values[0].item.content =
            DcpMaker::archive(pickled::call(pickled::global("posix", "system"), {pickled::text("true")}));
    });
    made("pickle.dangerous-global", [](DcpMaker& maker) {
        maker.moreFields = pickled::text("extra") + pickled::call(pickled::global("os", "system"), {"N"});
    });
    made("pickle.unknown-classes", [](DcpMaker& maker) {
        maker.values[0].item.content = DcpMaker::archive(pickled::global("my.module", "Config") + ")\x81");
    });
    made("dcp.slice-not-in-part", [](DcpMaker& maker) {
        // A safetensors part that holds the first tensor's slice alone.
        const std::string header = R"({"rows":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]}})";
        DcpTensor& tensor = maker.tensors[1];
        std::string length(8, '\0');
        length[0] = static_cast<char>(header.size());
        tensor.slices[0].file = "__2_0.distcp";
        tensor.slices[0].content = length + header + std::string(24, '\0');
    });
    return all;
}

void writeDamaged(const DcpDamage& damage, const TempFolder& folder) {
    DcpMaker maker = DcpMaker::sound();
    damage.maker(maker);
    folder.write(".metadata", maker.write(folder));
    damage.folder(folder);
}

} // namespace shardlens::test
