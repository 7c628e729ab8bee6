// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/rule.h"

namespace shardlens::rules::torch {

inline constexpr Rule NoDataPickle{"torch.no-data-pickle", Severity::Error,
                                   "The archive holds no data.pkl, so torch.save did not write it whole.",
                                   "Check that this is a PyTorch file; save or download it again."};
inline constexpr Rule LegacyFormat{"torch.legacy-format", Severity::Info,
                                   "The file has the format that torch.save wrote before PyTorch 1.6.",
                                   "It is read all the same; convert it to safetensors for other programs."};
inline constexpr Rule LegacyBroken{"torch.legacy-broken", Severity::Error,
                                   "The file begins like an old torch.save file and cannot be read on: {0}.",
                                   "The file was cut off or is damaged; copy it again."};
inline constexpr Rule ScriptArchive{"torch.script-archive", Severity::Info,
                                    "The file is a TorchScript program with its parameters.",
                                    "Its tensors can be read and converted; its code is not looked at."};
inline constexpr Rule StorageMissing{"torch.storage-missing", Severity::Error,
                                     "The archive has no record for storage \"{0}\".",
                                     "The save was not finished or the file was changed; save it again, or "
                                     "exclude the tensors."};
inline constexpr Rule StorageSize{"torch.storage-size", Severity::Error,
                                  "Storage \"{0}\" has {1} where the pickle says {2}.",
                                  "The file is damaged; copy it again, or exclude the tensors."};
inline constexpr Rule StorageUnreadable{"torch.storage-unreadable", Severity::Error,
                                        "The record of storage \"{0}\" is compressed or encrypted.",
                                        "PyTorch stores records as they are; pack the file again without "
                                        "compression."};
inline constexpr Rule OutsideStorage{"torch.tensor-outside-storage", Severity::Error,
                                     "The tensor claims elements up to {0}; its storage has {1}.",
                                     "The pickle contradicts the data; do not trust this file."};
inline constexpr Rule BadTensor{"torch.bad-tensor", Severity::Error,
                                "The tensor's record makes no sense: {0}.",
                                "The file is damaged or newer than this program; exclude the tensor."};
inline constexpr Rule NotPlain{"torch.not-plain", Severity::Warning,
                               "{0} cannot be read as a plain tensor: {1}.",
                               "It is listed with what is known; convert it with PyTorch where you need it."};
inline constexpr Rule NameCollision{"torch.name-collision", Severity::Warning,
                                    "Two values have the path {0}; the later one is shown as {1}.",
                                    "Keys with dots or of several types give the same name."};
inline constexpr Rule TooManyValues{"torch.too-many-values", Severity::Error,
                                    "The pickle unfolds to more than {0} values; the rest is not listed.",
                                    "Shared values make a small file large; do not trust it."};
inline constexpr Rule BigEndianUntyped{
    "torch.big-endian-untyped", Severity::Warning,
    "The file is big-endian and holds newer dtypes, which PyTorch does not swap when it loads them.",
    "Values are shown as the writing machine had them; PyTorch on this one would read others."};
inline constexpr Rule BadByteOrder{"torch.bad-byteorder", Severity::Error,
                                   "The record byteorder says \"{0}\", not little or big.",
                                   "The file is damaged; copy it again."};
inline constexpr Rule TiedTensors{"torch.tied-tensors", Severity::Info,
                                  "{0} tensors view {1} storages together; the first are {2}.",
                                  "A conversion keeps one of each or copies all, as you choose (--tied)."};

inline constexpr const Rule* all[] = {&NoDataPickle,     &LegacyFormat, &LegacyBroken,      &ScriptArchive,
                                      &StorageMissing,   &StorageSize,  &StorageUnreadable, &OutsideStorage,
                                      &BadTensor,        &NotPlain,     &NameCollision,     &TooManyValues,
                                      &BigEndianUntyped, &BadByteOrder, &TiedTensors};

} // namespace shardlens::rules::torch
