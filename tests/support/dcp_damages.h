// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "support/dcp_maker.h"
#include "support/temp_folder.h"

#include <functional>
#include <string>
#include <vector>

namespace shardlens::test {

/// What is done to a sound checkpoint, in its description or afterwards in its folder.
struct DcpDamage {
    std::string rule;
    std::function<void(DcpMaker&)> maker = [](DcpMaker&) {
    };
    std::function<void(const TempFolder&)> folder = [](const TempFolder&) {
    };
    bool opens = true;
};

/// At least one for every rule of core/formats/dcp that a single `.metadata` can break.
std::vector<DcpDamage> dcpDamages();

/// Writes the sound checkpoint with the damage done.
void writeDamaged(const DcpDamage& damage, const TempFolder& folder);

} // namespace shardlens::test
