// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/rule.h"

namespace shardlens::rules::cli {

inline constexpr Rule Usage{"cli.usage", Severity::Error, "{0}", "{1} --help lists what there is."};
inline constexpr Rule BadOption{"cli.bad-option", Severity::Error, "{0} cannot be understood: \"{1}\".",
                                "Write it as {2}."};
inline constexpr Rule NoSuchName{"cli.no-such-name", Severity::Error,
                                 "There is no tensor or entry \"{0}\" here.",
                                 "shardlens-cli ls lists the names."};
inline constexpr Rule NoSuchEntry{"cli.no-such-entry", Severity::Error, "The archive has no entry \"{0}\".",
                                  "shardlens-cli dduf ls lists the entries."};
inline constexpr Rule NoSuchKey{"cli.no-such-key", Severity::Error,
                                "There is no metadata key or entry \"{0}\" here.",
                                "shardlens-cli meta without a key shows everything."};
inline constexpr Rule NoSuchRule{"cli.no-such-rule", Severity::Error, "There is no rule \"{0}\".",
                                 "shardlens-cli rules lists all of them."};
inline constexpr Rule BadValues{"cli.bad-values", Severity::Error,
                                "\"{0}\" cannot be read as a slice of shape {1}: {2}.",
                                "Write one range a dim as Python does: [0:4, :8]."};
inline constexpr Rule TooManyValues{"cli.too-many-values", Severity::Error,
                                    "The slice has {0} values; at most {1} are printed.",
                                    "Choose a smaller slice."};
inline constexpr Rule OutputFailed{"cli.output-failed", Severity::Error, "Writing the output failed: {0}.",
                                   "Make room on the disk, or send the output somewhere else."};

inline constexpr const Rule* all[] = {&Usage,      &BadOption, &NoSuchName,    &NoSuchEntry, &NoSuchKey,
                                      &NoSuchRule, &BadValues, &TooManyValues, &OutputFailed};

} // namespace shardlens::rules::cli
