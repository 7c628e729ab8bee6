// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/rule.h"

namespace shardlens::rules {

inline constexpr Rule NotFound{"io.not-found", Severity::Error, "\"{0}\" does not exist.",
                               "Check the path; a download or a copy may be incomplete."};
inline constexpr Rule NotAFile{"io.not-a-file", Severity::Error, "\"{0}\" is {1}, not a regular file.",
                               "Give a file or a folder that holds a checkpoint."};
inline constexpr Rule NotAFolder{"io.not-a-folder", Severity::Error, "\"{0}\" is not a folder.",
                                 "Give the folder that holds the checkpoint."};
inline constexpr Rule NoPermission{"io.no-permission", Severity::Error, "\"{0}\" may not be opened: {1}.",
                                   "Change the file's permissions or run as a user who may read it."};
inline constexpr Rule ReadFailed{"io.read-failed", Severity::Error, "Reading \"{0}\" failed: {1}.",
                                 "The disk or the network share may be failing; copy the file again."};
inline constexpr Rule WriteFailed{"io.write-failed", Severity::Error, "Writing \"{0}\" failed: {1}.",
                                  "Check the disk, then run it again; nothing is left under a final name."};
inline constexpr Rule UnexpectedEnd{"io.unexpected-end", Severity::Error,
                                    "\"{0}\" ended at byte {1} while {2} bytes were to be read.",
                                    "The file became shorter while it was open; stop whatever writes to it."};
inline constexpr Rule Changed{"io.changed", Severity::Error,
                              "\"{0}\" was replaced or changed while it was open.",
                              "Stop whatever writes to it, then open the checkpoint again."};
inline constexpr Rule TooLarge{"io.too-large", Severity::Error, "\"{0}\" has {1}; at most {2} are read here.",
                               "Such a file holds something else than its name says."};
inline constexpr Rule TooManyNames{"io.too-many-names", Severity::Error, "\"{0}\" holds more than {1} names.",
                                   "Open the checkpoint's own folder instead."};
inline constexpr Rule NoSpace{"io.no-space", Severity::Error,
                              "There is no room on the disk of \"{0}\" for {1}.",
                              "Free some space or choose another folder."};
inline constexpr Rule TargetExists{"io.target-exists", Severity::Error, "\"{0}\" exists already.",
                                   "Choose another name, or allow replacing with --force."};
inline constexpr Rule OtherStaging{"io.other-staging", Severity::Error,
                                   "\"{0}\" holds the unfinished parts of another plan, begun {1}.",
                                   "Give every part the same source and options; if the other run is given "
                                   "up, --force replaces what it left."};

namespace io {
inline constexpr const Rule* all[] = {
    &NotFound, &NotAFile, &NotAFolder,   &NoPermission, &ReadFailed,   &WriteFailed, &UnexpectedEnd,
    &Changed,  &TooLarge, &TooManyNames, &NoSpace,      &TargetExists, &OtherStaging};
} // namespace io

} // namespace shardlens::rules
