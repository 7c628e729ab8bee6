// SPDX-License-Identifier: Apache-2.0
#include "analysis/hash.h"

#include "data/tensor_reader.h"
#include "jobs/parallel_for.h"

#include <fmt/format.h>
#include <openssl/evp.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <memory>

namespace shardlens {

namespace {

/// A digest that grows.
class Hasher {
public:
    virtual ~Hasher() = default;
    virtual void update(std::span<const std::byte> bytes) = 0;
    virtual std::string finish() = 0;
};

class Sha256 final : public Hasher {
public:
    Sha256() : m_context(EVP_MD_CTX_new(), EVP_MD_CTX_free) {
        EVP_DigestInit_ex(m_context.get(), EVP_sha256(), nullptr);
    }
    void update(std::span<const std::byte> bytes) override {
        EVP_DigestUpdate(m_context.get(), bytes.data(), bytes.size());
    }
    std::string finish() override {
        std::array<unsigned char, 32> digest{};
        EVP_DigestFinal_ex(m_context.get(), digest.data(), nullptr);
        std::string hex;
        for (const auto byte : digest)
            hex += fmt::format("{:02x}", byte);
        return hex;
    }

private:
    std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> m_context;
};

class Xxh3 final : public Hasher {
public:
    Xxh3() : m_state(XXH3_createState(), XXH3_freeState) { XXH3_64bits_reset(m_state.get()); }
    void update(std::span<const std::byte> bytes) override {
        XXH3_64bits_update(m_state.get(), bytes.data(), bytes.size());
    }
    std::string finish() override { return fmt::format("{:016x}", XXH3_64bits_digest(m_state.get())); }

private:
    std::unique_ptr<XXH3_state_t, decltype(&XXH3_freeState)> m_state;
};

std::unique_ptr<Hasher> makeHasher(HashAlgorithm algorithm) {
    if (algorithm == HashAlgorithm::Xxh3)
        return std::make_unique<Xxh3>();
    return std::make_unique<Sha256>();
}

} // namespace

std::string_view hashName(HashAlgorithm algorithm) {
    return algorithm == HashAlgorithm::Xxh3 ? "xxh3" : "sha256";
}

std::optional<HashAlgorithm> hashFromName(std::string_view name) {
    if (name == "sha256")
        return HashAlgorithm::Sha256;
    if (name == "xxh3")
        return HashAlgorithm::Xxh3;
    return std::nullopt;
}

Result<std::string> hashTensor(const CheckpointPtr& checkpoint, TensorId tensor, HashAlgorithm algorithm,
                               const JobContext& context) {
    SHARDLENS_TRY(const auto reader, TensorReader::open(checkpoint, tensor, context));
    const auto hasher = makeHasher(algorithm);
    const auto total = reader->elements();
    const auto step = std::max<std::uint64_t>(reader->preferredRange(), 1);
    std::vector<std::byte> block;
    for (std::uint64_t begin = 0; begin < total;) {
        SHARDLENS_CHECK(context.checkStop());
        const ElementRange range{begin, begin + std::min(step, total - begin)};
        block.resize(packedBytes(reader->dtype(), range.size()).value_or(0));
        SHARDLENS_CHECK(reader->read(range, block));
        hasher->update(block);
        context.add(block.size());
        begin = range.end;
    }
    return hasher->finish();
}

Result<std::vector<TensorDigest>> hashTensors(const CheckpointPtr& checkpoint,
                                              std::span<const TensorId> tensors, HashAlgorithm algorithm,
                                              const JobContext& context) {
    std::vector<TensorDigest> out(tensors.size());
    std::uint64_t bytes = 0;
    for (const auto id : tensors)
        bytes += checkpoint->tensor(id).bytes();
    context.begin("hashing", bytes);
    SHARDLENS_CHECK(parallelFor(context, tensors.size(), [&](std::size_t i) -> Result<void> {
        out[i].tensor = tensors[i];
        auto digest = hashTensor(checkpoint, tensors[i], algorithm, context);
        if (digest)
            out[i].hex = std::move(*digest);
        else if (digest.error().rule == &rules::JobCancelled)
            return Failure(std::move(digest).error());
        else
            out[i].problem = std::move(digest).error();
        return {};
    }));
    return out;
}

} // namespace shardlens
