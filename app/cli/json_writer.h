// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/cli/output.h"
#include "base/json_writer.h"

namespace shardlens::cli {

/// Writes to a command's output.
class JsonWriter : public shardlens::JsonWriter {
public:
    explicit JsonWriter(Output& out)
        : shardlens::JsonWriter([&out](std::string_view text) { out.print(text); }) {}
};

} // namespace shardlens::cli
