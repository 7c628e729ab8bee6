// SPDX-License-Identifier: Apache-2.0
#include "formats/torch/archive.h"

#include "formats/pickle/parse.h"
#include "formats/torch/rules.h"
#include "formats/zip/entry_data.h"
#include "formats/zip/local_header.h"

#include <algorithm>
#include <utility>

namespace shardlens::torch {

namespace {

constexpr std::string_view PickleName = "data.pkl";
/// torch stores pickles as they are. One that somebody packed again is read as far as a few KiB in the file
/// cannot make it large.
constexpr std::uint64_t MaxPackedPickle = 8 * Limits::MiB;

/// The folder that holds data.pkl. torch takes the first record's; so do we, and accept any other one level
/// deep.
std::optional<std::string> findTop(const zip::Directory& directory) {
    for (const auto& entry : directory.entries()) {
        const auto slash = entry.name.find('/');
        if (slash != std::string_view::npos && entry.name.substr(slash + 1) == PickleName)
            return std::string(entry.name.substr(0, slash + 1));
    }
    return std::nullopt;
}

} // namespace

Result<Archive> Archive::open(ByteSourcePtr source, const JobContext& context) {
    Archive out;
    SHARDLENS_TRY(out.m_directory, zip::Directory::read(*source, context));
    out.m_source = std::move(source);
    const auto top = findTop(out.m_directory);
    if (!top)
        return fail(rules::torch::NoDataPickle, {}, {out.m_source->name(), std::nullopt, {}});
    out.m_top = *top;
    if (const auto* entry = out.record("byteorder")) {
        constexpr std::uint64_t longest = 64;
        SHARDLENS_TRY(const auto bytes, zip::readEntry(*out.m_source, out.m_directory, *entry, longest));
        const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
        if (text == "big")
            out.m_order = ByteOrder::Big;
        else if (text != "little")
            return fail(rules::torch::BadByteOrder, {std::string(text)},
                        {out.m_source->name(), entry->headerOffset, std::string(entry->name)});
    }
    return out;
}

bool Archive::isScript() const {
    const auto code = m_top + "code/";
    return record("constants.pkl") != nullptr &&
           std::any_of(m_directory.entries().begin(), m_directory.entries().end(),
                       [&](const zip::Entry& entry) { return entry.name.starts_with(code); });
}

const zip::Entry* Archive::record(std::string_view name) const {
    return m_directory.find(m_top + std::string(name));
}

Result<ByteRange> Archive::recordRange(std::string_view name) const {
    const auto* entry = record(name);
    if (entry == nullptr)
        return fail(rules::torch::StorageMissing, {std::string(name)}, {m_source->name(), std::nullopt, {}});
    if (!entry->stored() || entry->encrypted())
        return fail(rules::torch::StorageUnreadable, {std::string(name)},
                    {m_source->name(), entry->headerOffset, std::string(entry->name)});
    SHARDLENS_TRY(const auto local, zip::readLocalHeader(*m_source, m_directory, *entry));
    return local.data;
}

Result<pickle::PicklePtr> Archive::readPickle(const JobContext& context, bool reportProgress) const {
    const auto* entry = record(PickleName);
    const Location where{m_source->name(), entry->headerOffset, std::string(PickleName)};
    if (!entry->stored() || entry->encrypted()) {
        SHARDLENS_TRY(auto bytes, zip::readEntry(*m_source, m_directory, *entry, MaxPackedPickle));
        return pickle::parse(pickle::ownedInput(std::move(bytes), where), context, reportProgress);
    }
    SHARDLENS_TRY(const auto local, zip::readLocalHeader(*m_source, m_directory, *entry));
    SHARDLENS_TRY(auto input,
                  pickle::readInput(*m_source, local.data.begin, local.data.size(), where, context));
    return pickle::parse(std::move(input), context, reportProgress);
}

} // namespace shardlens::torch
