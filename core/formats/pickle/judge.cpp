// SPDX-License-Identifier: Apache-2.0
#include "formats/pickle/findings.h"
#include "formats/pickle/global_tables.h"

#include <algorithm>
#include <cctype>

namespace shardlens::pickle {

namespace {

bool hasWord(std::string_view words, std::string_view word) {
    if (word.empty() || word.find(' ') != std::string_view::npos)
        return false;
    for (std::size_t at = words.find(word); at != std::string_view::npos; at = words.find(word, at + 1)) {
        const std::size_t end = at + word.size();
        if ((at == 0 || words[at - 1] == ' ') && (end == words.size() || words[end] == ' '))
            return true;
    }
    return false;
}

bool isClassName(std::string_view name) {
    std::string_view bare = name;
    while (bare.starts_with('_'))
        bare.remove_prefix(1);
    return !bare.empty() && std::isupper(static_cast<unsigned char>(bare.front())) != 0 &&
           std::all_of(name.begin(), name.end(),
                       [](unsigned char c) { return std::isalnum(c) != 0 || c == '_'; });
}

bool isDangerousModule(std::string_view module) {
    // A module's submodules are as dangerous as itself: os.path gives os back.
    for (std::size_t end = module.find('.');; end = module.find('.', end + 1)) {
        const std::string_view prefix = module.substr(0, end);
        if (std::find(DangerousModules.begin(), DangerousModules.end(), prefix) != DangerousModules.end())
            return true;
        if (end == std::string_view::npos)
            return false;
    }
}

bool hasDangerousPart(std::string_view name) {
    for (std::size_t begin = 0; begin <= name.size();) {
        const std::size_t end = std::min(name.find('.', begin), name.size());
        const std::string_view part = name.substr(begin, end - begin);
        if (std::find(DangerousParts.begin(), DangerousParts.end(), part) != DangerousParts.end())
            return true;
        begin = end + 1;
    }
    return false;
}

bool isDangerousName(std::string_view module, std::string_view name) {
    return std::any_of(DangerousNames.begin(), DangerousNames.end(),
                       [&](const Named& known) { return known.module == module && known.name == name; });
}

bool isKnown(std::string_view module, std::string_view name) {
    return std::any_of(KnownFamilies.begin(), KnownFamilies.end(), [&](const Family& family) {
        return family.module == module &&
               (family.names.empty() ? isClassName(name) : hasWord(family.names, name));
    });
}

} // namespace

Danger judge(std::string_view module, std::string_view name) {
    // Python 2's names of the same modules.
    if (module == "__builtin__" || module == "__builtins__")
        module = "builtins";
    else if (module == "copy_reg")
        module = "copyreg";
    else if (module == "cPickle")
        module = "pickle";
    if (isKnown(module, name))
        return Danger::Harmless;
    if (isDangerousModule(module) || isDangerousName(module, name) || hasDangerousPart(name))
        return Danger::Dangerous;
    // Methods of paths write and delete files.
    if (module.starts_with("pathlib") && name.find('.') != std::string_view::npos)
        return Danger::Dangerous;
    // What is left of the builtins are functions that no checkpoint names.
    return module == "builtins" && !isClassName(name) ? Danger::Dangerous : Danger::Unknown;
}

} // namespace shardlens::pickle
