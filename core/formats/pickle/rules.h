// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/rule.h"

namespace shardlens::rules::pickle {

inline constexpr Rule Truncated{"pickle.truncated", Severity::Error, "The pickle ends in the middle of {0}.",
                                "The file was cut off; copy or download it again."};
inline constexpr Rule LengthPastEnd{"pickle.length-past-end", Severity::Error,
                                    "{0} claims {1} while {2} remain.",
                                    "The file was cut off or is damaged; copy or download it again."};
inline constexpr Rule BadOpcode{"pickle.bad-opcode", Severity::Error, "Byte {0} is no opcode of a pickle.",
                                "The file is damaged, or it is no pickle."};
inline constexpr Rule BadProtocol{"pickle.bad-protocol", Severity::Error,
                                  "The pickle has protocol {0}; protocols 0 to 5 exist.",
                                  "The file is damaged, or newer than this program."};
inline constexpr Rule BadArgument{"pickle.bad-argument", Severity::Error,
                                  "The argument of {0} cannot be read: {1}.",
                                  "The file is damaged; Python would refuse it too."};
inline constexpr Rule StackUnderflow{"pickle.stack-underflow", Severity::Error,
                                     "{0} needs more values than the pickle has pushed.",
                                     "The file is damaged; Python would refuse it too."};
inline constexpr Rule NoMark{"pickle.no-mark", Severity::Error,
                             "{0} needs a mark that the pickle did not set.",
                             "The file is damaged; Python would refuse it too."};
inline constexpr Rule WrongType{"pickle.wrong-type", Severity::Error, "{0} cannot be applied to {1}.",
                                "The file is damaged; Python would refuse it too."};
inline constexpr Rule BadMemo{"pickle.bad-memo", Severity::Error,
                              "{0} names the memo's entry {1}, which is not there.",
                              "The file is damaged; Python would refuse it too."};
inline constexpr Rule MemoTooLarge{
    "pickle.memo-too-large", Severity::Error,
    "{0} stores the memo's entry {1}; up to this place there can be at most {2}.",
    "The file was made to exhaust memory, or is damaged."};
inline constexpr Rule TooDeep{"pickle.too-deep", Severity::Error, "Values are nested more than {0} deep.",
                              "The file was made to exhaust memory, or is damaged."};
inline constexpr Rule TooManyNodes{"pickle.too-many-nodes", Severity::Error,
                                   "The pickle holds more than {0} values.",
                                   "The file was made to exhaust memory, or is damaged."};
inline constexpr Rule TooMuchMemory{"pickle.too-much-memory", Severity::Error,
                                    "The values of the pickle need more than {0} of memory.",
                                    "The file was made to exhaust memory, or the machine has too little."};
inline constexpr Rule StringTooLong{"pickle.string-too-long", Severity::Error,
                                    "A string has {0}; at most {1} are accepted.",
                                    "Such a file holds something else than a checkpoint's metadata."};
inline constexpr Rule TooLarge{"pickle.too-large", Severity::Error,
                               "The pickle has {0}; at most {1} are read.",
                               "Such a file holds something else than a checkpoint's metadata."};
inline constexpr Rule DangerousGlobal{
    "pickle.dangerous-global", Severity::Error,
    "Security: the pickle names {0}. Python would run it when it opens this file; Shardlens does not.",
    "Never load this file with Python; ask whoever published it, and delete it if in doubt."};
inline constexpr Rule UnknownGlobals{
    "pickle.unknown-classes", Severity::Info,
    "The pickle names {0} classes or functions beyond the known ones: {1}.",
    "Python would import them when it loads the file; here they are shown as names with their arguments."};

inline constexpr const Rule* all[] = {
    &Truncated,     &LengthPastEnd, &BadOpcode, &BadProtocol,     &BadArgument,   &StackUnderflow,
    &NoMark,        &WrongType,     &BadMemo,   &MemoTooLarge,    &TooDeep,       &TooManyNodes,
    &TooMuchMemory, &StringTooLong, &TooLarge,  &DangerousGlobal, &UnknownGlobals};

} // namespace shardlens::rules::pickle
