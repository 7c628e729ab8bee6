// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "model/box.h"
#include "model/dtype.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace shardlens::safetensors {

/// A tensor to be written. Views: they live as long as the call.
struct TensorToWrite {
    std::string_view name;
    DType dtype = DType::Unknown;
    DimsView shape;
};

struct WriterOptions {
    /// `__metadata__`, written in this order; nothing is written where it is empty.
    std::vector<std::pair<std::string, std::string>> metadata;
    /// Data begins at a multiple of this in the file; a power of two.
    std::uint64_t alignment = 8;
    /// Indices of the tensors in the order in which their data lies; empty: the order given. The header names
    /// them in the order given either way, and readers go by the offsets.
    std::vector<std::uint32_t> dataOrder{};
};

/// A file's first bytes and where its tensors go.
struct WrittenHeader {
    std::vector<std::byte> bytes;       ///< the length, the JSON and its padding; data begins at bytes.size()
    std::vector<std::uint64_t> offsets; ///< of each tensor in the file, in the order given
    std::uint64_t fileBytes = 0;
};

/// The header of a file that holds these tensors one after the other, in the form that the
/// safetensors crate writes (no spaces, `dtype`, `shape`, `data_offsets`). Fails with the rules
/// `safetensors.write-name` (a name or text that is not UTF-8, or is `__metadata__`), `write-repeated-name`,
/// `write-dtype` (unknown, or not in the format) and `write-size` (the product overflows, or a sub-byte total
/// is no whole number of bytes).
Result<WrittenHeader> buildHeader(std::span<const TensorToWrite> tensors, const WriterOptions& options);

/// Text as a JSON string with its quotes: quotes, backslashes and control characters are escaped, everything
/// else stays as it is. `text` is UTF-8.
void appendJsonString(std::string& out, std::string_view text);

} // namespace shardlens::safetensors
