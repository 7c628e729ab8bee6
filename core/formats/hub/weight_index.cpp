// SPDX-License-Identifier: Apache-2.0
#include "formats/hub/weight_index.h"

#include "formats/hub/rules.h"
#include "formats/json/parse.h"
#include "formats/json/visit.h"
#include "model/rules.h"

#include <charconv>
#include <functional>
#include <string_view>
#include <unordered_map>

namespace shardlens::hub {

namespace {

constexpr std::string_view LfsStart = "version https://git-lfs.github.com/spec/";

/// Finds a std::string by a std::string_view.
struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
};

class IndexVisitor final : public json::Visitor {
public:
    explicit IndexVisitor(const JobContext& context) : m_context(context) {}

    WeightIndex index;
    bool isObject = false;
    bool hasMap = false;
    std::uint64_t metadataBegin = 0, metadataEnd = 0;
    std::optional<Error> problem;

    void restart() override {
        index = {};
        m_files.clear();
        m_depth = 0;
        m_in = In::Other;
        isObject = hasMap = false;
        metadataBegin = metadataEnd = 0;
        problem.reset();
    }

    bool beginObject(std::uint64_t at) override {
        if (m_depth == 0)
            isObject = true;
        if (m_depth == 1 && m_in == In::Map) {
            hasMap = true;
            forgetMap(); // of two maps the last counts, as in other programs
        }
        if (m_depth == 1 && m_in == In::Metadata)
            metadataBegin = at;
        if (m_depth == 2)
            strange();
        ++m_depth;
        return true;
    }

    bool key(std::uint64_t at, std::string_view name) override {
        if (m_depth == 1)
            m_in = name == "weight_map" ? In::Map : name == "metadata" ? In::Metadata : In::Other;
        else if (m_depth == 2 && m_in != In::Other) {
            m_key.assign(name);
            m_keyAt = at;
        }
        return true;
    }

    bool endObject(std::uint64_t at) override {
        --m_depth;
        if (m_depth == 1 && m_in == In::Metadata)
            metadataEnd = at + 1;
        return true;
    }

    bool beginArray(std::uint64_t) override {
        if (m_depth == 2)
            strange();
        ++m_depth;
        return true;
    }

    bool endArray(std::uint64_t) override {
        --m_depth;
        return true;
    }

    bool string(std::uint64_t, std::string_view text) override {
        if (m_depth != 2)
            return true;
        if (m_in == In::Metadata)
            index.texts.emplace_back(m_key, text);
        else if (m_in == In::Map && hasMap)
            return add(text);
        return true;
    }

    bool number(std::uint64_t at, std::string_view text, bool) override {
        strange();
        if (m_depth == 2 && m_in == In::Metadata && m_key == "total_size") {
            std::uint64_t value = 0;
            const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
            // Some writers say `1536.0`.
            const std::string_view rest(end, static_cast<std::size_t>(text.data() + text.size() - end));
            if (error == std::errc() && rest.find_first_not_of(".0") == std::string_view::npos) {
                index.totalSize = value;
                index.totalSizeAt = at;
            }
        }
        return true;
    }

    bool boolean(std::uint64_t, bool) override {
        strange();
        return true;
    }

    bool null(std::uint64_t) override {
        strange();
        return true;
    }

private:
    enum class In : std::uint8_t { Other, Map, Metadata };

    void forgetMap() {
        index.names = {};
        index.fileOf.clear();
        index.at.clear();
        index.files.clear();
        m_files.clear();
    }

    void strange() {
        if (m_depth != 2 || m_in != In::Map)
            return;
        if (index.strangeValues++ == 0) {
            index.firstStrange = m_key;
            index.firstStrangeAt = m_keyAt;
        }
    }

    bool add(std::string_view file) {
        if (index.fileOf.size() >= m_context.limits->tensors) {
            problem = Error{&rules::TooManyTensors, {m_context.limits->tensors}, {}};
            return false;
        }
        index.names.add(m_key);
        index.at.push_back(m_keyAt);
        // Neighbours mostly lie in the same file.
        if (!index.fileOf.empty() && index.files[index.fileOf.back()] == file) {
            index.fileOf.push_back(index.fileOf.back());
            return true;
        }
        auto known = m_files.find(file);
        if (known == m_files.end()) {
            if (index.files.size() >= m_context.limits->files) {
                problem = Error{&rules::hub::TooManyFiles, {m_context.limits->files}, {}};
                return false;
            }
            known = m_files.emplace(file, static_cast<std::uint32_t>(index.files.size())).first;
            index.files.emplace_back(file);
        }
        index.fileOf.push_back(known->second);
        return true;
    }

    const JobContext& m_context;
    std::unordered_map<std::string, std::uint32_t, TextHash, std::equal_to<>> m_files;
    std::string m_key;
    std::uint64_t m_keyAt = 0;
    std::uint32_t m_depth = 0;
    In m_in = In::Other;
};

} // namespace

Result<WeightIndex> parseWeightIndex(std::string_view text, const std::string& name,
                                     const JobContext& context) {
    if (text.starts_with(LfsStart))
        return fail(rules::hub::IndexLfsPointer, {name}, {.file = name, .offset = 0, .item = {}});
    IndexVisitor visitor(context);
    SHARDLENS_CHECK(json::visit(text, name, visitor, context));
    if (visitor.problem) {
        visitor.problem->where.file = name;
        return Failure(std::move(*visitor.problem));
    }
    if (!visitor.isObject)
        return fail(rules::hub::IndexNotObject, {name}, {.file = name, .offset = 0, .item = {}});
    if (!visitor.hasMap)
        return fail(rules::hub::NoWeightMap, {name}, {.file = name, .offset = {}, .item = {}});
    auto index = std::move(visitor.index);
    index.file = name;
    if (visitor.metadataEnd > visitor.metadataBegin) {
        const auto metadata = text.substr(visitor.metadataBegin, visitor.metadataEnd - visitor.metadataBegin);
        SHARDLENS_TRY(auto document, json::parse(metadata, name, context));
        index.metadata = std::move(document.value);
    }
    return index;
}

Result<WeightIndex> readWeightIndex(const ByteSource& source, const JobContext& context) {
    SHARDLENS_TRY(const auto bytes, readAll(source, context.limits->indexFile));
    return parseWeightIndex({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, source.name(),
                            context);
}

} // namespace shardlens::hub
