// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "formats/survey.h"
#include "model/checkpoint.h"
#include "query/name_tree.h"

#include <string>

namespace shardlens::ui {

/// Everything that opening brings. A value; the pointers are to immutable things.
struct Opened {
    std::string path; ///< as it can be opened again
    Choice choice;
    Survey survey;
    CheckpointPtr checkpoint;
    NameTreePtr names;
    double seconds = 0; ///< from the start of opening to the last of the above
};

} // namespace shardlens::ui
