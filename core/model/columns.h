// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/byte_range.h"
#include "base/id.h"
#include "io/byte_source.h"
#include "model/dtype.h"
#include "model/format.h"

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace shardlens {

/// A named fact for people: `requires_grad`, `true`.
using Fact = std::pair<std::string, std::string>;

/// What is known of the checkpoint as a whole.
struct CheckpointFacts {
    Format format = Format::Safetensors;
    std::string location; ///< the path it was opened from, as the user gave it
    std::string folder;   ///< the file-system folder that file names are relative to; empty inside archives
    std::string name;     ///< for titles: the last telling part of the path
    std::string writer;   ///< what wrote it, as far as the metadata proves: `PyTorch 2.13 DCP`, `torchtitan`;
                          ///< may be empty
    std::string part;     ///< which part of a training step was opened (`model`), where there are several
    std::vector<std::string> otherParts;    ///< what --part could choose instead
    std::string variant;                    ///< `fp16`; empty for the plain one
    std::vector<std::string> otherVariants; ///< what --variant could choose instead
    std::vector<Fact> more;                 ///< further facts in order of display
};

/// A physical file of the checkpoint.
struct FileRecord {
    std::string path; ///< relative to the folder, raw
    std::uint64_t bytes = 0;
    std::optional<std::uint32_t> rank; ///< the process rank that wrote it, where the format says so
    ByteSourcePtr source;              ///< null where it is missing
    bool missing = false;              ///< named but not there
    std::vector<std::pair<std::string, std::string>>
        metadata; ///< the file's own `__metadata__`, raw, in file order
};

/// A part of a file that is not a slice.
struct Region {
    enum class Kind : std::uint8_t { Header, Directory, Record, Padding, Entry, Unclaimed };
    FileId file;
    Kind kind = Kind::Header;
    ByteRange range;
    std::string name; ///< of a record or entry; raw
    std::optional<std::uint32_t> crc32;
};

/// Something that is no tensor: config, tokenizer, a DCP object, a value of a pickle.
struct EntryRecord {
    enum class Kind : std::uint8_t { Value, Json, Text, Binary };
    std::string name;                ///< raw; the path of a side file, the FQN of a value
    std::vector<std::uint32_t> cuts; ///< positions of separators in the name, as in TensorColumns
    bool ownCuts = false;            ///< false: dots for values, slashes for files
    Kind kind = Kind::Value;
    std::string typeName; ///< Python's name, or empty until decoded
    FileId file;
    ByteRange stored;
    std::uint32_t detail = 0; ///< the backend's own
    bool sideFile = false;    ///< config, tokenizer: copied along by conversions
};

/// A name that was dropped because it shares `kept`'s memory.
struct Alias {
    std::string dropped;
    std::string kept;
};

/// Would another reader open it.
struct Verdict {
    std::string reader; ///< `huggingface_hub`
    bool opens = true;
    std::string reason; ///< empty where it opens
};

/// Text in one allocation, by index.
class TextPool {
public:
    std::uint32_t add(std::string_view text);
    std::string_view at(std::size_t index) const {
        return std::string_view(m_text).substr(m_end[index], m_end[index + 1] - m_end[index]);
    }
    std::size_t size() const { return m_end.size() - 1; }
    void reserve(std::size_t texts, std::size_t bytes);
    void shrink();

private:
    std::string m_text;
    std::vector<std::uint64_t> m_end{0};
};

/// Lists of dims, each kept once.
class DimsPool {
public:
    std::uint32_t add(std::span<const std::uint64_t> dims);
    std::span<const std::uint64_t> at(std::uint32_t index) const {
        return std::span(m_dims).subspan(m_end[index], m_end[index + 1] - m_end[index]);
    }
    /// Forgets how to find equal lists; at() goes on.
    void freeze();

private:
    std::vector<std::uint64_t> m_dims;
    std::vector<std::uint64_t> m_end{0};
    std::vector<std::uint32_t> m_table; // open addressing, index + 1, 0 is empty
    std::size_t m_count = 0;
    void grow();
};

/// Tensors, an array a field. `cuts` names a list of separator positions in `cutLists`, or DotCuts.
struct TensorColumns {
    static constexpr std::uint32_t DotCuts = ~std::uint32_t{0};
    static constexpr std::uint32_t None = ~std::uint32_t{0};

    TextPool names;
    DimsPool dims;                    // shapes, and boxes as offsets followed by sizes
    std::vector<std::uint32_t> shape; // into dims
    std::vector<DType> dtype;
    std::vector<std::uint32_t> firstSlice; // one more than tensors
    std::vector<std::uint32_t> problem;    // finding, or None
    std::vector<std::uint32_t> cuts;       // empty where all are DotCuts
    std::vector<std::uint32_t> storage;    // empty where there are none
    std::vector<std::uint32_t> facts;      // into factLists; empty where there are none
    std::vector<std::vector<std::uint32_t>> cutLists;
    std::vector<std::vector<Fact>> factLists;
    std::map<std::uint32_t, std::string> unknownDTypes;
    std::vector<std::uint32_t> byName; // hash table of tensor + 1, 0 is empty; a power of two long
};

struct SliceColumns {
    static constexpr std::uint32_t WholeBox = ~std::uint32_t{0};

    std::vector<std::uint32_t> tensor;
    std::vector<std::uint32_t> box; // into dims, or WholeBox
    std::vector<DType> dtype;
    std::vector<FileId> file;
    std::vector<std::uint64_t> begin;
    std::vector<std::uint64_t> end;
    std::vector<std::uint32_t> detail; // empty where all are 0
    DimsPool zero;                     // offsets of whole boxes
};

} // namespace shardlens
