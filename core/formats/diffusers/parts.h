// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "formats/diffusers/pipeline.h"
#include "formats/survey.h"

#include <string>

namespace shardlens::diffusers {

/// Puts a pipeline into a survey: the whole with plain weights, then with each variant, then each component
/// that has weights, alone. Weight sets of the first that are not taken, and what belongs to nothing, are left
/// out with the reason. `about` is the phrase for the whole.
void addParts(const Pipeline& pipeline, Format format, const std::string& location, const std::string& about,
              Survey& into);

} // namespace shardlens::diffusers
