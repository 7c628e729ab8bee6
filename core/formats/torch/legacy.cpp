// SPDX-License-Identifier: Apache-2.0
#include "formats/torch/legacy.h"

#include "base/checked.h"
#include "base/endian.h"
#include "formats/pickle/parse.h"
#include "formats/torch/rules.h"

#include <algorithm>
#include <array>
#include <unordered_set>
#include <utility>

namespace shardlens::torch {

namespace {

// PROTO 2, LONG1 of 10 bytes: the magic number 0x1950a86a20f9469cfc6c, STOP.
constexpr std::array<unsigned char, 15> Head{0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46,
                                             0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e};
constexpr std::int64_t ProtocolVersion = 1001;

/// Every persistent id of a pickle, reachable from its root: legacy data is found by walking all storages,
/// not only those of listed tensors.
std::vector<StorageRef> allStorages(const pickle::Pickle& pickle) {
    std::vector<StorageRef> out;
    std::vector<pickle::Node> pending{pickle.root()};
    std::unordered_set<std::uint64_t> seen;
    const auto push = [&](std::span<const pickle::Node> nodes) {
        for (const auto node : nodes)
            pending.push_back(node);
    };
    while (!pending.empty()) {
        const auto node = pending.back();
        pending.pop_back();
        if (!seen.insert(node.bits()).second)
            continue;
        if (pickle.is(node, pickle::Kind::Persistent)) {
            if (auto storage = readStorage(pickle, node))
                out.push_back(*storage);
            continue;
        }
        push(pickle.items(node));
        if (pickle.is(node, pickle::Kind::Object)) {
            push(pickle.args(node));
            push(pickle.listItems(node));
            push(pickle.dictItems(node));
            if (const auto state = pickle.state(node))
                pending.push_back(*state);
        }
    }
    return out;
}

class LegacyReader {
public:
    LegacyReader(ByteSourcePtr source, const JobContext& context) : m_context(context) {
        m_out.kind = TorchFile::Kind::Legacy;
        m_out.source = std::move(source);
    }

    Result<TorchFile> read() {
        SHARDLENS_TRY(const auto magic, next("the magic number"));
        SHARDLENS_TRY(const auto version, next("the protocol version"));
        if (version->asInt(version->root()) != ProtocolVersion)
            return broken("its protocol version is not 1001", version->begin());
        SHARDLENS_TRY(const auto system, next("the system info"));
        if (const auto little = system->find(system->root(), "little_endian"))
            m_out.order = system->asBool(*little) ? ByteOrder::Little : ByteOrder::Big;
        SHARDLENS_TRY(m_out.pickle, next("the object"));
        SHARDLENS_TRY(const auto keys, next("the storages' keys"));
        SHARDLENS_TRY(m_out.state, unfold(*m_out.pickle, m_out.pickle->root(), {}, m_context));
        SHARDLENS_CHECK(placeAll(*keys));
        m_out.facts.emplace_back("byte order", m_out.order == ByteOrder::Little ? "little" : "big");
        m_out.facts.emplace_back("pickle protocol", std::to_string(m_out.pickle->protocol()));
        return std::move(m_out);
    }

private:
    Failure broken(std::string what, std::uint64_t offset) const {
        return fail(rules::torch::LegacyBroken, {std::move(what)}, {m_out.source->name(), offset, {}});
    }

    Result<pickle::PicklePtr> next(const char* item) {
        const Location where{m_out.source->name(), m_position, item};
        SHARDLENS_TRY(auto pickle, pickle::parseAt(*m_out.source, m_position, where, m_context));
        m_out.regions.push_back(
            {{}, Region::Kind::Record, {pickle->begin(), pickle->end()}, item, std::nullopt});
        m_position = pickle->end();
        return pickle;
    }

    /// The keys' order is that of the data; the elements' width comes from the object's persistent ids.
    Result<void> placeAll(const pickle::Pickle& keys) {
        std::unordered_map<std::string_view, StorageRef> known;
        for (const auto& storage : allStorages(*m_out.pickle))
            known.emplace(storage.key, storage);
        const auto order = keys.items(keys.root());
        for (std::size_t i = 0; i < order.size(); ++i) {
            if (i % 1024 == 0)
                SHARDLENS_CHECK(m_context.checkStop());
            const auto storage = known.find(keys.text(order[i]));
            if (storage == known.end())
                return broken("it lists a storage that no tensor names", m_position);
            SHARDLENS_CHECK(place(storage->second));
        }
        countUsers();
        return {};
    }

    Result<void> place(const StorageRef& storage) {
        std::array<std::byte, 8> prefix{};
        if (!rangeFits(m_position, prefix.size(), m_out.source->size()))
            return broken("the data of a storage is missing", m_position);
        SHARDLENS_CHECK(m_out.source->readAt(m_position, prefix));
        const auto count = loadLittle<std::uint64_t>(prefix.data());
        const auto bytes = storage.untyped ? std::optional(count) : packedBytes(storage.dtype, count);
        const auto begin = m_position + prefix.size();
        m_out.regions.push_back(
            {{}, Region::Kind::Header, {m_position, begin}, "element count", std::nullopt});
        if (!bytes || !rangeFits(begin, *bytes, m_out.source->size()))
            return broken("the data of a storage goes past the end of the file", m_position);
        auto& place = m_out.storages[storage.key];
        place.bytes = {begin, begin + *bytes};
        if (count != storage.count) {
            place.usable = false;
            place.problem = {
                &rules::torch::StorageSize,
                {std::string(storage.key), Bytes{*bytes}, Bytes{storage.bytes().value_or(~0ULL)}},
                {m_out.source->name(), m_position, {}}};
        }
        m_position = begin + *bytes;
        return {};
    }

    void countUsers() {
        for (const auto& leaf : m_out.state.leaves) {
            const auto recipe = leaf.tensor ? readTensor(*m_out.pickle, leaf.node) : Result<TensorRecipe>();
            if (!leaf.tensor || !recipe || !recipe->plain())
                continue;
            auto [place, isNew] = m_out.storages.try_emplace(recipe->storage.key);
            ++place->second.users;
            if (isNew) {
                place->second.usable = false;
                place->second.problem = {&rules::torch::StorageMissing,
                                         {std::string(recipe->storage.key)},
                                         {m_out.source->name(), std::nullopt, leaf.name}};
            }
        }
    }

    const JobContext& m_context;
    TorchFile m_out;
    std::uint64_t m_position = 0;
};

} // namespace

bool isLegacyHead(std::span<const std::byte> head) {
    return head.size() >= Head.size() &&
           std::equal(Head.begin(), Head.end(), head.begin(),
                      [](unsigned char a, std::byte b) { return std::byte(a) == b; });
}

Result<TorchFile> readLegacyFile(ByteSourcePtr source, const JobContext& context) {
    return LegacyReader(std::move(source), context).read();
}

} // namespace shardlens::torch
