// SPDX-License-Identifier: Apache-2.0
#include "support/dcp_maker.h"

#include "support/pickle_maker.h"

#include <map>
#include <utility>

namespace shardlens::test {

namespace {

using Fields = std::vector<std::pair<std::string, std::string>>;

std::string object(const std::string& module, const std::string& name, const Fields& fields) {
    return pickled::global(module, name) + ")\x81" + pickled::dict(fields) + "b";
}

std::string size(const std::vector<std::int64_t>& dims) {
    return pickled::call(pickled::global("torch", "Size"), {pickled::dims(dims)});
}

std::string field(std::string_view name) {
    return pickled::text(name);
}

std::vector<std::int64_t> packedStrides(const std::vector<std::int64_t>& dims) {
    std::vector<std::int64_t> strides(dims.size(), 1);
    for (std::size_t i = dims.size(); i-- > 1;)
        strides[i - 1] = strides[i] * dims[i];
    return strides;
}

class Writer {
public:
    Writer(const DcpMaker& maker) : m_maker(maker) {}

    std::string run(const TempFolder& folder, const std::string& below) {
        Fields state;
        Fields paths;
        for (const DcpTensor& tensor : m_maker.tensors) {
            state.emplace_back(field(tensor.name), addTensor(tensor));
            paths.emplace_back(field(tensor.name), pickled::tuple({field(tensor.name)}));
        }
        for (const DcpValue& value : m_maker.values) {
            state.emplace_back(field(value.name),
                               pickled::global(m_maker.module, "BytesStorageMetadata") + ")\x81");
            addItem(value.name, value.item, false);
        }
        Fields fields{{field("state_dict_metadata"), pickled::dict(state)},
                      {field("planner_data"), m_maker.planner ? pickled::dict(paths) : "N"},
                      {field("storage_data"), pickled::dict(m_storage)}};
        if (!m_maker.checkpointId.empty())
            fields.emplace_back(field("storage_meta"),
                                object(m_maker.module, "StorageMeta",
                                       {{field("checkpoint_id"), field(m_maker.checkpointId)},
                                        {field("save_id"), field("the-save")}}));
        for (const auto& [name, content] : m_files)
            folder.write(below + name, content);
        std::string root = pickled::global(m_maker.module, "Metadata") + ")\x81" + pickled::dict(fields);
        if (!m_maker.moreFields.empty())
            root += "(" + m_maker.moreFields + "u";
        return pickled::whole(root + "b");
    }

private:
    std::string addTensor(const DcpTensor& tensor) {
        std::vector<std::string> chunks;
        for (const DcpItem& slice : tensor.slices) {
            chunks.push_back(
                object(m_maker.module, "ChunkStorageMetadata",
                       {{field("offsets"), size(slice.offset)}, {field("sizes"), size(slice.size)}}));
            addItem(tensor.name, slice, true);
        }
        const std::string properties =
            pickled::global(m_maker.module, "TensorProperties") + ")\x81" +
            pickled::tuple({pickled::global("torch", tensor.dtype), "N", "\x89", "N", "\x89"}) + "b";
        return object(m_maker.module, "TensorStorageMetadata",
                      {{field("properties"), properties},
                       {field("size"), tensor.sizePickle.empty() ? size(tensor.size) : tensor.sizePickle},
                       {field("chunks"), pickled::list(chunks)}});
    }

    void addItem(const std::string& name, const DcpItem& item, bool isSlice) {
        std::string* file = item.content.empty() ? nullptr : &m_files[item.file];
        const std::uint64_t begin = item.begin.value_or(file == nullptr ? 0 : file->size());
        const std::uint64_t length = item.length.value_or(item.content.size());
        if (file != nullptr)
            *file += item.content;
        if (!item.stored)
            return;
        Fields index{{field("fqn"), field(name)}};
        if (isSlice)
            index.emplace_back(field("offset"), size(item.offset));
        if (item.hint)
            index.emplace_back(field("index"), pickled::integer(*item.hint));
        Fields info{{field("relative_path"), field(item.file)},
                    {field("offset"), pickled::integer(static_cast<std::int64_t>(begin))},
                    {field("length"), pickled::integer(static_cast<std::int64_t>(length))}};
        if (!item.transforms.empty()) {
            std::vector<std::string> names;
            for (const std::string& transform : item.transforms)
                names.push_back(field(transform));
            info.emplace_back(field("transform_descriptors"), pickled::list(names));
        }
        m_storage.emplace_back(object(m_maker.module, "MetadataIndex", index),
                               object("torch.distributed.checkpoint.filesystem", "_StorageInfo", info));
    }

    const DcpMaker& m_maker;
    Fields m_storage;
    std::map<std::string, std::string> m_files;
};

} // namespace

std::string DcpMaker::floats(const std::vector<std::int64_t>& dims) {
    std::int64_t count = 1;
    for (const std::int64_t dim : dims)
        count *= dim;
    std::string data;
    for (std::int64_t i = 0; i < count; ++i) {
        const auto value = static_cast<float>(i);
        data.append(reinterpret_cast<const char*>(&value), sizeof value);
    }
    const std::string storage = pickled::storage("FloatStorage", "0", count);
    return textOf(makeTorchFile(pickled::tensor(storage, 0, dims, packedStrides(dims)), {{"0", data}}));
}

std::string DcpMaker::archive(const std::string& value) {
    return textOf(makeTorchFile(value, {}));
}

DcpTensor DcpMaker::whole(const std::string& name, const std::vector<std::int64_t>& dims) {
    DcpItem slice;
    slice.offset.assign(dims.size(), 0);
    slice.size = dims;
    slice.content = floats(dims);
    DcpTensor tensor;
    tensor.name = name;
    tensor.size = dims;
    tensor.slices.push_back(slice);
    return tensor;
}

DcpMaker DcpMaker::sound() {
    DcpMaker maker;
    DcpTensor rows;
    rows.name = "rows";
    rows.size = {4, 3};
    for (const std::int64_t rank : {0, 1}) {
        DcpItem slice;
        slice.offset = {2 * rank, 0};
        slice.size = {2, 3};
        slice.file = rank == 0 ? "__0_0.distcp" : "__1_0.distcp";
        slice.content = floats(slice.size);
        rows.slices.push_back(slice);
    }
    maker.tensors = {rows, whole("a.b", {5})};
    DcpValue step;
    step.name = "step";
    step.item.content = archive(pickled::integer(7));
    maker.values = {step};
    return maker;
}

std::string DcpMaker::write(const TempFolder& folder, const std::string& below) const {
    return Writer(*this).run(folder, below);
}

} // namespace shardlens::test
