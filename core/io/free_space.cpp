// SPDX-License-Identifier: Apache-2.0
#include "base/checked.h"
#include "io/posix.h"
#include "io/staged_output.h"

#include <cerrno>
#include <limits>
#include <sys/statvfs.h>

namespace shardlens {

Result<std::uint64_t> freeSpace(const std::string& path) {
    auto place = absolutePath(path);
    struct statvfs status {};
    while (::statvfs(place.c_str(), &status) != 0) {
        const auto slash = place.rfind('/');
        if ((errno != ENOENT && errno != ENOTDIR) || place == "/" || slash == place.npos)
            return accessFailure(errno, path);
        place.resize(slash == 0 ? 1 : slash);
    }
    return checkedMul<std::uint64_t>(status.f_bavail, status.f_frsize)
        .value_or(std::numeric_limits<std::uint64_t>::max());
}

} // namespace shardlens
