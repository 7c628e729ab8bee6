// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace shardlens::ui {

class JobList;
class JobRunner;
class RecentItems;
class Settings;

/// What the application owns and windows use; all of it outlives every window.
struct Services {
    JobRunner* runner = nullptr;
    JobList* jobs = nullptr;
    Settings* settings = nullptr;
    RecentItems* recent = nullptr;
};

} // namespace shardlens::ui
