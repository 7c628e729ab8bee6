// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/rule.h"

namespace shardlens::rules {

inline constexpr Rule ZipNotFound{"zip.no-end-record", Severity::Error,
                                  "The file has no end-of-archive record, so it is no ZIP archive.",
                                  "Check that this is the file you meant and that it was copied whole."};
inline constexpr Rule ZipTruncated{
    "zip.truncated", Severity::Error,
    "The archive begins like a ZIP and has no end: {0} are there, the rest is missing.",
    "The download or save was cut off; copy the file again."};
inline constexpr Rule ZipMultiDisk{"zip.multi-disk", Severity::Error,
                                   "The archive says that it is split over several disks.",
                                   "Join the parts with a ZIP program first."};
inline constexpr Rule ZipDirectoryBroken{"zip.directory-broken", Severity::Error,
                                         "The archive's directory cannot be read: {0}.",
                                         "The file is damaged; copy it again."};
inline constexpr Rule ZipDirectoryTooLarge{"zip.directory-too-large", Severity::Error,
                                           "The archive's directory claims {0} entries in {1}.",
                                           "Such a file is damaged or was made to exhaust memory."};
inline constexpr Rule ZipCountDisagrees{"zip.entry-count-disagrees", Severity::Error,
                                        "The end record counts {0} entries, the directory holds {1}.",
                                        "The file is damaged or was changed by hand; do not trust it."};
inline constexpr Rule ZipEncrypted{"zip.encrypted", Severity::Error, "The entry is encrypted.",
                                   "Unpack the archive with its password and pack it again without."};
inline constexpr Rule ZipMethodUnsupported{"zip.method-unsupported", Severity::Error,
                                           "The entry is packed with method {0}, which is not read here.",
                                           "Pack the archive again without compression."};
inline constexpr Rule ZipLocalHeaderBroken{
    "zip.local-header-broken", Severity::Error,
    "There is no local header where the directory says the entry begins.",
    "The file is damaged; copy it again."};
inline constexpr Rule ZipLocalHeaderDisagrees{
    "zip.local-header-disagrees", Severity::Error,
    "The entry's local header and the directory disagree about {0}.",
    "Programs would see different contents in this archive; do not trust it."};
inline constexpr Rule ZipPastEnd{
    "zip.entry-past-end", Severity::Error,
    "The entry claims {0} from byte {1} on, past the archive's directory or end.",
    "The file is damaged or was cut off; copy it again."};
inline constexpr Rule ZipOverlap{"zip.entries-overlap", Severity::Error,
                                 "The entry shares bytes with \"{0}\".",
                                 "No ordinary program writes this; do not trust the file."};
inline constexpr Rule ZipDuplicateName{"zip.duplicate-name", Severity::Error,
                                       "The archive holds several entries of this name.",
                                       "Programs would pick different ones; do not trust the file."};
inline constexpr Rule ZipFakeEnd{"zip.several-end-records", Severity::Error,
                                 "The archive's end holds more than one possible end record.",
                                 "Programs would see different archives in it; do not trust the file."};
inline constexpr Rule ZipPrepended{"zip.prepended-data", Severity::Warning,
                                   "{0} lie before the archive begins.",
                                   "Most readers accept this; pack the archive again to be safe."};
inline constexpr Rule ZipTrailing{"zip.trailing-bytes", Severity::Warning, "{0} lie after the archive's end.",
                                  "Most readers accept this; pack the archive again to be safe."};
inline constexpr Rule ZipExtraBroken{"zip.extra-broken", Severity::Error,
                                     "The entry's extra field cannot be read: {0}.",
                                     "The file is damaged; copy it again."};
inline constexpr Rule ZipCrcMismatch{
    "zip.crc-mismatch", Severity::Error, "The entry's data has CRC {0}, the directory says {1}.",
    "The data was changed or damaged after it was written; copy the file again."};
inline constexpr Rule ZipCannotWrite{"zip.cannot-write", Severity::Error,
                                     "No archive can be written of these entries: {0}.",
                                     "Choose shorter names, or fewer or smaller entries."};

} // namespace shardlens::rules

namespace shardlens::rules::zip {
inline constexpr const Rule* all[] = {
    &ZipNotFound,          &ZipTruncated,
    &ZipMultiDisk,         &ZipDirectoryBroken,
    &ZipDirectoryTooLarge, &ZipCountDisagrees,
    &ZipEncrypted,         &ZipMethodUnsupported,
    &ZipLocalHeaderBroken, &ZipLocalHeaderDisagrees,
    &ZipPastEnd,           &ZipOverlap,
    &ZipDuplicateName,     &ZipFakeEnd,
    &ZipPrepended,         &ZipTrailing,
    &ZipExtraBroken,       &ZipCrcMismatch,
    &ZipCannotWrite,
};
} // namespace shardlens::rules::zip
