// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/byte_range.h"
#include "base/result.h"
#include "formats/pickle/pickle.h"
#include "formats/zip/directory.h"
#include "io/byte_source.h"
#include "jobs/job_context.h"
#include "model/payload.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace shardlens::torch {

/// A torch.save archive since PyTorch 1.6: a ZIP of stored records under one folder. The source may be a part
/// of a file (a .distcp item); ranges count from the source's beginning. Keeps the source.
class Archive {
public:
    /// Reads the ZIP directory, `byteorder` and where data.pkl lies. Fails with a `zip.…` rule, with
    /// `torch.no-data-pickle` or `torch.bad-byteorder`.
    static Result<Archive> open(ByteSourcePtr source, const JobContext& context);

    const ByteSourcePtr& source() const { return m_source; }
    const zip::Directory& directory() const { return m_directory; }
    const std::string& topFolder() const { return m_top; } ///< with its `/`
    ByteOrder byteOrder() const { return m_order; }
    bool isScript() const; ///< TorchScript: has constants.pkl and code/

    /// A record below the top folder (`data/0`); null where there is none.
    const zip::Entry* record(std::string_view name) const;
    /// The bytes of a stored record. Fails with `torch.storage-missing`, `torch.storage-unreadable` or
    /// `zip.…`.
    Result<ByteRange> recordRange(std::string_view name) const;
    /// Parses data.pkl.
    Result<pickle::PicklePtr> readPickle(const JobContext& context, bool reportProgress = false) const;

private:
    ByteSourcePtr m_source;
    zip::Directory m_directory;
    std::string m_top;
    ByteOrder m_order = ByteOrder::Little;
};

} // namespace shardlens::torch
