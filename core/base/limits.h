// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace shardlens {

/// What Shardlens accepts from a file before it says no, in one place. Every number has a reason: it lies far
/// above what real checkpoints hold, and low enough that a hostile file cannot exhaust the machine. Bytes
/// unless the name says otherwise. A test may lower any of them.
struct Limits {
    static constexpr std::uint64_t KiB = 1024, MiB = 1024 * KiB, GiB = 1024 * MiB;

    /// The safetensors crate refuses headers above 100 MB; real checkpoints crossed it (1.29 M tensors: 126 MB).
    std::uint64_t safetensorsHeader = 1 * GiB;
    /// Where the crate stops; above it other readers refuse the file, which is a warning.
    std::uint64_t safetensorsHeaderOfReference = 100'000'000;
    /// An index names a tensor in about 100 bytes: 1 GiB is ten million tensors.
    std::uint64_t indexFile = 1 * GiB;
    /// Configs, tokenizers and other JSON shown as a document: tokenizer.json of large vocabularies takes 35 MB.
    std::uint64_t document = 256 * MiB;
    /// Nesting of JSON. Configs need about ten; parsers and views recurse.
    std::uint32_t jsonDepth = 256;
    /// torch.save archives that stand before a safetensors part hold single values that are no tensors.
    std::uint64_t archivePrefix = 1 * GiB;
    /// Configs and tokenizers beside the weights; repositories have dozens.
    std::uint64_t sideFiles = 10'000;
    /// Strong ids have 32 bits, and columns cost about 130 bytes a tensor.
    std::uint64_t tensors = 50'000'000;
    std::uint64_t slices = 100'000'000;
    /// A run on 10,000 ranks with several files each.
    std::uint64_t files = 1'000'000;
    /// A folder with more names than this is no checkpoint.
    std::uint64_t folderNames = 2'000'000;
    /// PyTorch allows 64 dims; files have been seen to claim more, and views elide them.
    std::uint64_t dims = 4096;
    /// Names are shown, sorted and compared.
    std::uint64_t nameBytes = 16 * MiB;
    /// Open files: the usual soft limit of a process is 1024, and the window needs some.
    std::uint32_t openFiles = 256;

    /// A .metadata of 227 MB is reported from the field.
    std::uint64_t pickle = 4 * GiB;
    /// Nested containers in a pickle; the machine does not recurse, traversals do.
    std::uint32_t pickleDepth = 10'000;
    /// One chunk of a .metadata takes about 25 nodes: this is 20 million chunks.
    std::uint64_t pickleNodes = 500'000'000;
    std::uint64_t pickleMemo = 200'000'000;
    /// Bytes that the values of one pickle may take, beside the file's own size times pickleExpansion.
    std::uint64_t pickleMemory = 192 * MiB;
    std::uint64_t pickleExpansion = 10;
    /// A single string or bytes value.
    std::uint64_t pickleString = 1 * GiB;

    /// torch.save writes two or three records a storage.
    std::uint64_t zipEntries = 10'000'000;
    /// A central directory takes about 100 bytes an entry.
    std::uint64_t zipDirectory = 2 * GiB;

    /// Nodes and characters that a value may print, since shared nodes make a small file print without end.
    std::uint64_t printedNodes = 2'000'000;
    std::uint64_t printedBytes = 256 * MiB;
};

/// The limits that the program uses where a caller names none.
const Limits& defaultLimits();

} // namespace shardlens
