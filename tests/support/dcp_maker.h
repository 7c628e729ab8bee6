// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "support/temp_folder.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace shardlens::test {

/// One slice or value of a distributed checkpoint that a test makes; every field can be made to lie.
struct DcpItem {
    std::vector<std::int64_t> offset = {};
    std::vector<std::int64_t> size = {};
    std::string file = "__0_0.distcp";
    std::string content = {};                ///< appended to the file
    std::optional<std::uint64_t> begin = {}; ///< claimed, instead of where the content was put
    std::optional<std::uint64_t> length = {};
    std::vector<std::string> transforms = {};
    std::optional<std::int64_t> hint = {}; ///< MetadataIndex.index; none is not pickled
    bool stored = true;                    ///< has an entry in storage_data
};

struct DcpTensor {
    std::string name = {};
    std::string dtype = "float32";
    std::vector<std::int64_t> size = {};
    std::vector<DcpItem> slices = {};
    std::string sizePickle = {}; ///< instead of size
};

struct DcpValue {
    std::string name = {};
    DcpItem item = {};
};

/// Metadata and data files, by hand.
struct DcpMaker {
    std::vector<DcpTensor> tensors = {};
    std::vector<DcpValue> values = {};
    std::string moreFields = {}; ///< pickled key and value pairs of the Metadata object
    std::string module = "torch.distributed.checkpoint.metadata";
    std::string checkpointId = {};
    bool planner = true;

    /// F32 elements 0, 1, 2, … of this size as a torch.save archive.
    static std::string floats(const std::vector<std::int64_t>& size);
    /// A pickled value as a torch.save archive.
    static std::string archive(const std::string& value);
    /// A tensor of one whole slice.
    static DcpTensor whole(const std::string& name, const std::vector<std::int64_t>& size);
    /// Two tensors in two ranks' files and a value.
    static DcpMaker sound();

    /// Writes the data files' contents and returns the pickled metadata, which the caller writes.
    std::string write(const TempFolder& folder, const std::string& below = {}) const;
};

} // namespace shardlens::test
