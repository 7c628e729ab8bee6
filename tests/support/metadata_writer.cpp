// SPDX-License-Identifier: Apache-2.0
#include "support/metadata_writer.h"

#include <cstdint>
#include <fstream>
#include <map>
#include <string_view>
#include <vector>

namespace shardlens::test {

namespace {

constexpr std::size_t Batch = 1000; // the pickler's own

class PickleWriter {
public:
    explicit PickleWriter(const std::string& path) : m_file(path, std::ios::binary) { op("\x80\x04"); }
    ~PickleWriter() {
        op(".");
        flush();
    }
    PickleWriter(const PickleWriter&) = delete;
    PickleWriter& operator=(const PickleWriter&) = delete;

    void op(std::string_view bytes) {
        m_buffer += bytes;
        if (m_buffer.size() > (1U << 20))
            flush();
    }
    std::uint32_t memoize() {
        op("\x94");
        return m_memo++;
    }
    void get(std::uint32_t index) {
        op(index < 256 ? "h" : "j");
        number(index, index < 256 ? 1 : 4);
    }
    void number(std::uint64_t value, int bytes) {
        for (int i = 0; i < bytes; ++i)
            m_buffer.push_back(static_cast<char>(value >> (8 * i) & 0xff));
    }
    void integer(std::uint64_t value) {
        const int bytes = value < 256 ? 1 : value < 65536 ? 2 : value < (1U << 31) ? 4 : 8;
        op(bytes == 1 ? "K" : bytes == 2 ? "M" : bytes == 4 ? "J" : "\x8a\x08");
        number(value, bytes);
    }
    /// A text that the memo shares from its second use on.
    void text(const std::string& content) {
        const auto [known, isNew] = m_texts.try_emplace(content, 0);
        if (!isNew) {
            get(known->second);
            return;
        }
        known->second = freshText(content);
    }
    std::uint32_t freshText(const std::string& content) {
        op("\x8c");
        number(content.size(), 1);
        op(content);
        return memoize();
    }
    void global(const std::string& module, const std::string& name) {
        const auto [known, isNew] = m_globals.try_emplace(module + "." + name, 0);
        if (!isNew) {
            get(known->second);
            return;
        }
        text(module);
        text(name);
        op("\x93");
        known->second = memoize();
    }
    /// NEWOBJ and the beginning of its state; closed by "ub".
    void object(const std::string& module, const std::string& name) {
        global(module, name);
        op(")\x81");
        memoize();
        op("}");
        memoize();
        op("(");
    }
    std::uint32_t size(std::uint64_t rows, std::uint64_t columns) {
        global("torch", "Size");
        integer(rows);
        integer(columns);
        op("\x86");
        memoize();
        op("\x85");
        memoize();
        op("R");
        return memoize();
    }

private:
    void flush() {
        m_file.write(m_buffer.data(), static_cast<std::streamsize>(m_buffer.size()));
        m_buffer.clear();
    }

    std::ofstream m_file;
    std::string m_buffer;
    std::uint32_t m_memo = 0;
    std::map<std::string, std::uint32_t> m_texts;
    std::map<std::string, std::uint32_t> m_globals;
};

const std::string Module = "torch.distributed.checkpoint.metadata";
constexpr std::uint64_t Rows = 16, Columns = 4096;

class MetadataWriter {
public:
    MetadataWriter(PickleWriter& out, std::size_t tensors, std::size_t perTensor)
        : m_out(out)
        , m_tensors(tensors)
        , m_perTensor(perTensor)
        , m_offsets(tensors * perTensor) {}

    void write() {
        m_out.object(Module, "Metadata");
        m_out.text("state_dict_metadata");
        dict(m_tensors, [this](std::size_t i) { tensor(i); });
        m_out.text("planner_data");
        m_out.op("N");
        m_out.text("storage_data");
        dict(m_tensors * m_perTensor, [this](std::size_t i) { storage(i); });
        m_out.text("version");
        m_out.text("1.0.0");
        m_out.op("ub");
    }

private:
    template <typename Item>
    void dict(std::size_t count, const Item& item) {
        m_out.op("}");
        m_out.memoize();
        for (std::size_t i = 0; i < count; ++i) {
            if (i % Batch == 0)
                m_out.op(i == 0 ? "(" : "u(");
            item(i);
        }
        m_out.op("u");
    }

    void tensor(std::size_t i) {
        m_names.push_back(
            m_out.freshText("model.layers." + std::to_string(i) + ".feed_forward.experts.w1.weight"));
        m_out.object(Module, "TensorStorageMetadata");
        m_out.text("properties");
        m_out.global(Module, "TensorProperties");
        m_out.op(")\x81");
        m_out.memoize();
        m_out.op("(");
        m_out.global("torch", "bfloat16");
        m_out.op("N\x89N\x89t");
        m_out.memoize();
        m_out.op("b");
        m_out.text("size");
        m_out.size(Rows * m_perTensor, Columns);
        m_out.text("chunks");
        m_out.op("]");
        m_out.memoize();
        m_out.op("(");
        for (std::size_t k = 0; k < m_perTensor; ++k) {
            if (k % Batch == 0 && k > 0)
                m_out.op("e(");
            m_out.object(Module, "ChunkStorageMetadata");
            m_out.text("offsets");
            m_offsets[i * m_perTensor + k] = m_out.size(k * Rows, 0);
            m_out.text("sizes");
            m_out.size(Rows, Columns);
            m_out.op("ub");
        }
        m_out.op("eub");
    }

    void storage(std::size_t i) {
        m_out.object(Module, "MetadataIndex");
        m_out.text("fqn");
        m_out.get(m_names[i / m_perTensor]);
        m_out.text("offset");
        m_out.get(m_offsets[i]);
        m_out.text("index");
        m_out.integer(i % m_perTensor);
        m_out.op("ub");
        m_out.object("torch.distributed.checkpoint.filesystem", "_StorageInfo");
        m_out.text("relative_path");
        m_out.text("__" + std::to_string(i % m_perTensor) + "_0.distcp");
        m_out.text("offset");
        m_out.integer(i / m_perTensor * 132'000);
        m_out.text("length");
        m_out.integer(Rows * Columns * 2 + 900);
        m_out.op("ub");
    }

    PickleWriter& m_out;
    std::size_t m_tensors, m_perTensor;
    std::vector<std::uint32_t> m_names;
    std::vector<std::uint32_t> m_offsets;
};

} // namespace

void writeLargeMetadata(const std::string& path, std::size_t slices, std::size_t perTensor) {
    PickleWriter out(path);
    MetadataWriter(out, slices / perTensor, perTensor).write();
}

} // namespace shardlens::test
