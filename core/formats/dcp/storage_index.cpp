// SPDX-License-Identifier: Apache-2.0
#include "formats/dcp/storage_index.h"

#include "base/checked.h"
#include "formats/dcp/field.h"
#include "jobs/parallel_for.h"

#include <algorithm>
#include <limits>

namespace shardlens::dcp {

namespace {

using pickle::Kind;
using pickle::Node;
using pickle::Pickle;

constexpr std::size_t BlockItems = 16'384;
constexpr std::size_t SearchedLinearly = 8;
constexpr std::string_view ZstdTransform = "stream.zstd/1";
constexpr std::size_t MaxLayers = 8; // transforms can be stacked; nobody stacks more

} // namespace

class StorageIndexBuilder {
public:
    StorageIndexBuilder(const MetadataFile& metadata, FileTable& files, const JobContext& context)
        : m_pickle(*metadata.pickle)
        , m_metadata(metadata)
        , m_files(files)
        , m_context(context) {
        m_index.m_pickle = &m_pickle;
    }

    /// Items are read in parallel; names and files, which are shared between them, get their numbers after.
    Result<StorageIndex> build() {
        const auto pairs = m_pickle.items(m_metadata.storage);
        const std::size_t count = std::min<std::uint64_t>(pairs.size() / 2, m_context.limits->slices);
        m_context.begin("placing slices", count, false);
        m_read.resize(count);
        const std::size_t blocks = (count + BlockItems - 1) / BlockItems;
        SHARDLENS_CHECK(parallelFor(m_context, blocks, [&](std::size_t block) -> Result<void> {
            Fields fields;
            const std::size_t end = std::min(count, (block + 1) * BlockItems);
            for (std::size_t i = block * BlockItems; i < end; ++i)
                readItem(fields, pairs[2 * i], pairs[2 * i + 1], m_read[i]);
            m_context.add(end - block * BlockItems);
            return {};
        }));
        m_index.m_items.reserve(count);
        for (std::size_t i = 0; i < count; ++i) {
            if (i % BlockItems == 0)
                SHARDLENS_CHECK(m_context.checkStop());
            if (m_read[i].good)
                addItem(m_read[i]);
        }
        m_read = {};
        group();
        return std::move(m_index);
    }

private:
    struct Fields {
        Field fqn{"fqn"}, offset{"offset"}, hint{"index"};
        Field path{"relative_path"}, begin{"offset"}, length{"length"}, transforms{"transform_descriptors"};
    };
    struct ReadItem {
        Node name, path;
        std::optional<Node> transforms;
        StoredItem item; // without the numbers of name and file
        bool good = false;
    };

    void readItem(Fields& fields, Node key, Node info, ReadItem& into) const {
        // Objects that keep their attributes in another way are asked one by one.
        const auto ofKey = attributesOf(m_pickle, key), ofInfo = attributesOf(m_pickle, info);
        const auto keyField = [&](Field& field) {
            return ofKey.empty() ? field.of(m_pickle, key) : field.in(m_pickle, ofKey);
        };
        const auto infoField = [&](Field& field) {
            return ofInfo.empty() ? field.of(m_pickle, info) : field.in(m_pickle, ofInfo);
        };
        const auto name = keyField(fields.fqn);
        const auto path = infoField(fields.path);
        const auto begin = m_pickle.asCount(infoField(fields.begin).value_or(Node()));
        const auto length = m_pickle.asCount(infoField(fields.length).value_or(Node()));
        if (!name || !path || !begin || !length || !m_pickle.is(*name, Kind::String) ||
            !m_pickle.is(*path, Kind::String))
            return;
        into.name = *name;
        into.path = *path;
        into.item.offset = keyField(fields.offset).value_or(Node());
        // An end that does not fit lies past every file's end, which is what will be said of it.
        const auto end = checkedAdd(*begin, *length);
        into.item.range = {*begin, end.value_or(std::numeric_limits<std::uint64_t>::max())};
        into.item.hint = m_pickle.asInt(keyField(fields.hint).value_or(Node())).value_or(-1);
        into.transforms = infoField(fields.transforms);
        into.good = true;
    }

    void addItem(const ReadItem& read) {
        StoredItem item = read.item;
        item.key = keyOf(read.name);
        item.file = fileOf(read.path);
        readTransforms(item, read.transforms);
        m_index.m_items.push_back(item);
    }

    void readTransforms(StoredItem& item, std::optional<Node> descriptors) {
        if (!descriptors || m_pickle.is(*descriptors, Kind::None))
            return;
        const auto names = m_pickle.items(*descriptors);
        for (const Node name : names) {
            if (m_pickle.text(name) == ZstdTransform && names.size() <= MaxLayers) {
                ++item.layers;
                continue;
            }
            item.unknownTransform = true;
            if (m_index.m_unknownTransform.empty())
                m_index.m_unknownTransform = m_pickle.text(name);
        }
    }

    // The memo shares names, so that most are known by their node; slices of one tensor often stand together.
    std::uint32_t keyOf(Node name) {
        if (name == m_lastName)
            return m_lastKey;
        m_lastName = name;
        return m_lastKey = lookUpKey(name);
    }

    std::uint32_t lookUpKey(Node name) {
        const auto [known, isNew] = m_keyOfNode.try_emplace(name.bits(), 0);
        if (isNew) {
            const auto next = static_cast<std::uint32_t>(m_index.m_keys.size());
            known->second = m_index.m_keys.try_emplace(m_pickle.text(name), next).first->second;
        }
        return known->second;
    }

    std::uint32_t fileOf(Node path) {
        if (path == m_lastPath)
            return m_lastFile;
        m_lastPath = path;
        return m_lastFile = lookUpFile(path);
    }

    std::uint32_t lookUpFile(Node path) {
        const auto [known, isNew] = m_fileOfNode.try_emplace(path.bits(), 0);
        if (isNew)
            known->second = m_files.get(m_pickle.text(path));
        return known->second;
    }

    void group() {
        auto& first = m_index.m_first;
        first.assign(m_index.m_keys.size() + 1, 0);
        for (const StoredItem& item : m_index.m_items)
            ++first[item.key + 1];
        for (std::size_t i = 1; i < first.size(); ++i)
            first[i] += first[i - 1];
        std::vector<std::uint32_t> next(first.begin(), first.end() - 1);
        m_index.m_order.resize(m_index.m_items.size());
        for (std::uint32_t i = 0; i < m_index.m_items.size(); ++i)
            m_index.m_order[next[m_index.m_items[i].key]++] = i;
        m_index.m_groups.assign(m_index.m_keys.size(), StorageIndex::Group::AsStored);
        for (std::size_t key = 0; key + 1 < first.size(); ++key)
            settleGroup(key);
    }

    // Large groups that do not rise are searched by bisection. Of equal offsets the last is Python's.
    void settleGroup(std::size_t key) {
        const auto begin = m_index.m_order.begin() + m_index.m_first[key];
        const auto end = m_index.m_order.begin() + m_index.m_first[key + 1];
        const auto less = [this](std::uint32_t a, std::uint32_t b) {
            return m_index.offsetLess(m_index.m_items[a].offset, m_index.m_items[b].offset);
        };
        const auto notRising = [&](std::uint32_t a, std::uint32_t b) {
            return !less(a, b);
        };
        if (std::adjacent_find(begin, end, notRising) == end) {
            m_index.m_groups[key] = StorageIndex::Group::Rising;
        } else if (static_cast<std::size_t>(end - begin) > SearchedLinearly) {
            std::stable_sort(begin, end, less);
            m_index.m_groups[key] = StorageIndex::Group::Sorted;
        }
    }

    const Pickle& m_pickle;
    const MetadataFile& m_metadata;
    FileTable& m_files;
    const JobContext& m_context;
    StorageIndex m_index;
    NodeMap<std::uint32_t> m_keyOfNode;
    NodeMap<std::uint32_t> m_fileOfNode;
    std::vector<ReadItem> m_read;
    Node m_lastName, m_lastPath; // None is neither
    std::uint32_t m_lastKey = 0, m_lastFile = 0;
};

Result<StorageIndex> StorageIndex::build(const MetadataFile& metadata, FileTable& files,
                                         const JobContext& context) {
    return StorageIndexBuilder(metadata, files, context).build();
}

bool StorageIndex::sameOffset(pickle::Node a, pickle::Node b) const {
    if (a == b)
        return true;
    const auto left = m_pickle->items(a);
    const auto right = m_pickle->items(b);
    return !m_pickle->is(a, Kind::None) && !m_pickle->is(b, Kind::None) &&
           std::ranges::equal(left, right, [this](Node x, Node y) {
               return x == y || m_pickle->asInt(x) == m_pickle->asInt(y);
           });
}

bool StorageIndex::offsetLess(pickle::Node a, pickle::Node b) const {
    return std::ranges::lexicographical_compare(
        m_pickle->items(a), m_pickle->items(b),
        [this](Node x, Node y) { return m_pickle->asInt(x) < m_pickle->asInt(y); });
}

std::optional<std::uint32_t> StorageIndex::keyOf(std::string_view name) const {
    const auto known = m_keys.find(name);
    return known == m_keys.end() ? std::nullopt : std::optional(known->second);
}

const StoredItem* StorageIndex::find(std::uint32_t key, pickle::Node offset, std::size_t position) const {
    const std::uint32_t first = m_first[key];
    const std::uint32_t last = m_first[key + 1];
    if (position < last - first)
        if (const StoredItem& likely = m_items[m_order[first + position]];
            likely.offset == offset || (m_groups[key] == Group::Rising && sameOffset(likely.offset, offset)))
            return &likely;
    if (m_groups[key] == Group::AsStored) {
        for (std::uint32_t i = last; i-- > first;)
            if (sameOffset(m_items[m_order[i]].offset, offset))
                return &m_items[m_order[i]];
        return nullptr;
    }
    const auto end = m_order.begin() + last;
    const auto after = std::upper_bound(
        m_order.begin() + first, end, offset,
        [this](pickle::Node wanted, std::uint32_t item) { return offsetLess(wanted, m_items[item].offset); });
    if (after == m_order.begin() + first)
        return nullptr;
    const StoredItem& found = m_items[*(after - 1)];
    return sameOffset(found.offset, offset) ? &found : nullptr;
}

const StoredItem* StorageIndex::find(std::string_view name) const {
    const auto known = m_keys.find(name);
    if (known == m_keys.end())
        return nullptr;
    for (std::uint32_t i = m_first[known->second + 1]; i-- > m_first[known->second];)
        if (m_pickle->is(m_items[m_order[i]].offset, Kind::None))
            return &m_items[m_order[i]];
    return nullptr;
}

} // namespace shardlens::dcp
