// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>

namespace shardlens::test {

/// A model with the names and shapes of an 8 B Llama in four shards with an index and configs, 15 GiB that
/// take no room: the data are holes of sparse files. `damaged` cuts the third shard and loses the second.
void writeSparseLlama(const QString& folder, bool damaged);

} // namespace shardlens::test
