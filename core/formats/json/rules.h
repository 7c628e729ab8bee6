// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/rule.h"

namespace shardlens::rules::json {

inline constexpr Rule NotUtf8{
    "json.not-utf8", Severity::Error, "\"{0}\" is not UTF-8 text.",
    "The file is damaged or holds something else than JSON; copy or download it again."};
inline constexpr Rule NotJson{"json.syntax", Severity::Error, "\"{0}\" is no valid JSON: {1}.",
                              "The file is damaged or was edited by hand; copy or download it again."};
inline constexpr Rule TooDeep{"json.too-deep", Severity::Error,
                              "\"{0}\" nests objects and lists more than {1} deep.",
                              "Such a file is damaged or was made to exhaust memory."};
inline constexpr Rule TooLarge{"json.too-large", Severity::Error,
                               "\"{0}\" has {1}; at most {2} are read as JSON.",
                               "Such a file holds something else than its name says."};
inline constexpr Rule DuplicateKey{
    "json.duplicate-key", Severity::Warning, "The key \"{0}\" stands twice in one object.",
    "The last one counts, as in other programs; whoever wrote the file meant one of them."};

inline constexpr const Rule* all[] = {&NotUtf8, &NotJson, &TooDeep, &TooLarge, &DuplicateKey};

} // namespace shardlens::rules::json
