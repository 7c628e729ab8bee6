// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

namespace shardlens::pickle {

/// What Python would do with a global.
enum class Danger : std::uint8_t {
    Harmless,  ///< on the list of what PyTorch, numpy and the standard library write
    Unknown,   ///< a class or function that nobody here knows
    Dangerous, ///< runs code, opens files or reaches such a callable
};

/// A class or function that a pickle names. Python would import it.
struct GlobalUse {
    std::string module;
    std::string name;
    std::uint64_t offset = 0;        ///< of the first opcode that named it, in the source
    std::uint64_t uses = 0;          ///< opcodes that named it
    std::uint64_t calls = 0;         ///< opcodes that would call it (REDUCE, NEWOBJ, OBJ, INST)
    std::uint64_t memberLookups = 0; ///< of getattr: calls that only fetch a class's member by name
    bool looksUpAttributes = false;  ///< it is getattr
    Danger danger = Danger::Unknown;

    std::string qualified() const { return module.empty() ? name : module + "." + name; }
};

} // namespace shardlens::pickle
