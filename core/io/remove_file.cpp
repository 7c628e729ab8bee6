// SPDX-License-Identifier: Apache-2.0
#include "io/remove_file.h"

#include "io/posix.h"
#include "io/rules.h"

#include <cerrno>
#include <unistd.h>

namespace shardlens {

Result<void> removeFile(const std::string& path) {
    if (::unlink(path.c_str()) == 0 || errno == ENOENT)
        return {};
    return fail(rules::WriteFailed, {path, errorText(errno)});
}

} // namespace shardlens
