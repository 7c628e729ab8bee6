// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "formats/survey.h"
#include "jobs/job_context.h"
#include "model/checkpoint.h"

#include <string>

namespace shardlens {

/// Opens what `survey` would choose. Lenient: whatever can be described is, with findings; it fails where
/// nothing can. Reads metadata only, in parallel; stops within 200 ms of being asked to.
///
/// Where a file is recognised and is nothing but damage (a Git LFS pointer, cut off in its header), opening
/// fails with the rule of that damage, and `isDamage` tells such failures from the others.
Result<CheckpointPtr> open(const std::string& path, const Choice& choice, const JobContext& context);

/// True where `open` failed because of what the checkpoint's files hold: a check reports this error as its
/// finding. False for everything that is about the path, the choice, the machine or the job.
bool isDamage(const Error& error);

namespace rules {
inline constexpr Rule NotRecognised{"open.not-recognised", Severity::Error,
                                    "\"{0}\" is no checkpoint that Shardlens knows: {1}.",
                                    "shardlens-cli formats lists what can be opened."};
inline constexpr Rule NoSuchPart{"open.no-such-part", Severity::Error,
                                 "There is no part or variant \"{0}\" here: {1}.",
                                 "Choose one of those that are named."};
namespace open {
inline constexpr const Rule* all[] = {&NotRecognised, &NoSuchPart};
} // namespace open
} // namespace rules

} // namespace shardlens
