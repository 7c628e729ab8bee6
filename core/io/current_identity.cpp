// SPDX-License-Identifier: Apache-2.0
#include "io/current_identity.h"

#include "io/posix.h"

namespace shardlens {

Result<bool> isUnchanged(const ByteSource& source) {
    SHARDLENS_TRY(const auto descriptor, source.descriptor());
    if (descriptor.fd < 0)
        return true;
    struct stat status {};
    return ::fstat(descriptor.fd, &status) == 0 && identityOf(status) == source.identity();
}

} // namespace shardlens
