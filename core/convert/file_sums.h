// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/byte_range.h"
#include "base/result.h"
#include "convert/plan.h"
#include "io/staged_output.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

namespace shardlens::convert {

/// The CRC-32s that a file's Checksum pieces and its own `crc32` ask for, gathered while the file is written.
/// Segments may come in any order: the sum of each is taken alone, in the cache, and neighbours are combined.
class FileSums {
public:
    /// Null where the file asks for none.
    static std::unique_ptr<FileSums> of(const PlannedFile& file);

    /// Bytes of the file from `begin` on, as they are written. Safe from many threads at once.
    void add(std::uint64_t begin, std::span<const std::byte> bytes);

    /// All bytes were added: writes the sums to their places and compares the whole file's.
    Result<void> finish(OutputFile& output) const;

private:
    struct Run {
        std::uint64_t end = 0;
        std::uint32_t crc = 0;
    };
    /// One stretch of bytes and where its sum stands in the file.
    struct Sum {
        ByteRange range;
        std::vector<std::uint64_t> places;
        std::map<std::uint64_t, Run> runs; ///< by beginning; neighbours are one
    };

    explicit FileSums(const PlannedFile& file) : m_file(file) {}
    static void join(Sum& sum, std::uint64_t begin, Run run);
    static std::uint32_t crcOf(const Sum& sum);
    Result<void> compareWhole(std::uint32_t found) const;

    const PlannedFile& m_file;
    std::mutex m_mutex;
    std::vector<Sum> m_sums; ///< disjoint, in order; the whole file alone where that is asked for
};

} // namespace shardlens::convert
