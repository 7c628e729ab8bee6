// SPDX-License-Identifier: Apache-2.0
#include "convert/plan_digest.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>
#include <memory>
#include <string_view>
#include <type_traits>

namespace shardlens::convert {

namespace {

/// To be raised where the same plan comes to give other bytes.
constexpr std::uint64_t DigestVersion = 1;

class Digest {
public:
    Digest() : m_context(EVP_MD_CTX_new(), EVP_MD_CTX_free) {
        EVP_DigestInit_ex(m_context.get(), EVP_sha256(), nullptr);
    }
    void add(std::string_view text) { // with its length, so that no two lists of texts are alike
        add(std::uint64_t{text.size()});
        EVP_DigestUpdate(m_context.get(), text.data(), text.size());
    }
    void add(std::uint64_t number) {
        std::array<unsigned char, 8> bytes{};
        for (std::size_t i = 0; i != bytes.size(); ++i)
            bytes[i] = static_cast<unsigned char>(number >> (8 * i));
        EVP_DigestUpdate(m_context.get(), bytes.data(), bytes.size());
    }
    std::string finish() {
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

/// Size and time alone: device and inode of one file differ between machines.
void addIdentity(Digest& digest, const ByteSource& source) {
    const auto identity = source.identity();
    digest.add(source.size());
    digest.add(static_cast<std::uint64_t>(identity.modifiedNanoseconds));
}

void addPiece(Digest& digest, const Plan& plan, const Piece& piece) {
    digest.add(piece.offset);
    digest.add(piece.length);
    digest.add(std::uint64_t{piece.what.index()});
    if (const auto* literal = std::get_if<Literal>(&piece.what)) {
        digest.add(literal->bytes);
    } else if (const auto* padding = std::get_if<Padding>(&piece.what)) {
        digest.add(std::uint64_t{padding->fill});
    } else if (const auto* range = std::get_if<FileRange>(&piece.what)) {
        addIdentity(digest, *range->source);
        digest.add(range->offset);
    } else if (const auto* tensor = std::get_if<TensorRange>(&piece.what)) {
        digest.add(std::uint64_t{tensor->source});
        digest.add(plan.sources[tensor->source]->tensor(tensor->tensor).name());
        digest.add(name(tensor->dtype));
    } else if (const auto* checksum = std::get_if<Checksum>(&piece.what)) {
        digest.add(std::uint64_t{checksum->firstPiece});
        digest.add(std::uint64_t{checksum->lastPiece});
    }
}

} // namespace

std::string planDigest(const Plan& plan) {
    Digest digest;
    digest.add(DigestVersion);
    digest.add(SHARDLENS_VERSION);
    for (const auto& source : plan.sources) {
        digest.add(std::uint64_t{source->fileCount()});
        for (std::uint32_t i = 0; i != source->fileCount(); ++i) {
            const auto& file = source->file(FileId(i));
            digest.add(file.path);
            digest.add(file.bytes);
            if (file.source)
                addIdentity(digest, *file.source);
        }
    }
    for (const auto& file : plan.files) {
        if (file.role == PlannedFile::Role::Values)
            continue; // it lies wherever the publisher is told
        digest.add(file.path);
        digest.add(file.bytes);
        digest.add(static_cast<std::uint64_t>(file.role));
        digest.add(std::uint64_t{file.pieces.size()});
        for (const auto& piece : file.pieces)
            addPiece(digest, plan, piece);
    }
    return digest.finish();
}

} // namespace shardlens::convert
