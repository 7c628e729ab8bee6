// SPDX-License-Identifier: Apache-2.0
#include "io/output_file.h"

#include "io/rules.h"

#include <cerrno>
#include <fcntl.h>
#include <sys/statvfs.h>
#include <unistd.h>
#include <utility>

namespace shardlens {

namespace {

class PosixOutputFile final : public OutputFile {
public:
    PosixOutputFile(UniqueFd fd, std::string name, std::shared_ptr<StagedFiles> files)
        : m_fd(std::move(fd))
        , m_name(std::move(name))
        , m_files(std::move(files)) {}

    const std::string& name() const override { return m_name; }
    int descriptor() const override { return m_fd.get(); }

    Result<void> writeAt(std::uint64_t offset, std::span<const std::byte> bytes) override {
        std::size_t done = 0;
        while (done < bytes.size()) {
            const auto wrote = ::pwrite(m_fd.get(), bytes.data() + done, bytes.size() - done,
                                        static_cast<off_t>(offset + done));
            if (wrote > 0)
                done += static_cast<std::size_t>(wrote);
            else if (wrote == 0 || errno != EINTR)
                return writeFailure(wrote == 0 ? ENOSPC : errno, m_name, bytes.size() - done);
        }
        return {};
    }

    void startWriteBack(std::uint64_t offset, std::uint64_t length) override {
#ifdef SYNC_FILE_RANGE_WRITE
        ::sync_file_range(m_fd.get(), static_cast<off_t>(offset), static_cast<off_t>(length),
                          SYNC_FILE_RANGE_WRITE);
#endif
    }

    Result<void> waitForWriteBack(std::uint64_t offset, std::uint64_t length) override {
#ifdef SYNC_FILE_RANGE_WRITE
        constexpr auto Wait =
            SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER;
        // A failure to write is told once: fsync would not repeat it.
        if (::sync_file_range(m_fd.get(), static_cast<off_t>(offset), static_cast<off_t>(length), Wait) !=
                0 &&
            (errno == EIO || errno == ENOSPC))
            return writeFailure(errno, m_name);
#endif
        return {};
    }

    Result<void> close(bool sync) override {
        if (!m_fd.valid())
            return {};
        if (sync && ::fsync(m_fd.get()) != 0)
            return writeFailure(errno, m_name);
        // Some network file systems tell only here that a write failed.
        if (::close(m_fd.release()) != 0 && errno != EINTR)
            return writeFailure(errno, m_name);
        if (sync) {
            const std::lock_guard lock(m_files->mutex);
            m_files->synced.insert(m_name);
        }
        return {};
    }

private:
    UniqueFd m_fd;
    std::string m_name;
    std::shared_ptr<StagedFiles> m_files;
};

/// What is free now must do. Asked before reserving: a file system that runs out on the way has meanwhile taken the
/// last room from everybody else.
Result<void> checkRoom(int fd, const std::string& name, std::uint64_t bytes) {
    struct statvfs status {};
    if (::fstatvfs(fd, &status) == 0 && bytes / status.f_frsize > status.f_bavail)
        return fail(rules::NoSpace, {name, Bytes{bytes}}, {.file = name, .offset = {}, .item = {}});
    return {};
}

Result<void> preallocate(int fd, const std::string& name, std::uint64_t bytes) {
    if (bytes == 0)
        return {};
    SHARDLENS_CHECK(checkRoom(fd, name, bytes));
    int outcome = 0;
    do {
        outcome = ::fallocate(fd, 0, 0, static_cast<off_t>(bytes)) == 0 ? 0 : errno;
    } while (outcome == EINTR);
    if (outcome == EOPNOTSUPP || outcome == ENOSYS || outcome == EINVAL)
        outcome =
            ::ftruncate(fd, static_cast<off_t>(bytes)) == 0 ? 0 : errno; // no room can be reserved there
    if (outcome != 0)
        return writeFailure(outcome, name, bytes);
    return {};
}

} // namespace

Result<std::unique_ptr<OutputFile>> createOutputFile(const Place& place, std::string path,
                                                     std::uint64_t bytes,
                                                     std::shared_ptr<StagedFiles> files) {
    constexpr int Flags = O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
    UniqueFd fd(::openat(place.folder.get(), place.name.c_str(), Flags, 0666));
    if (!fd.valid() && errno == EEXIST)
        return fail(rules::TargetExists, {path}, {.file = path, .offset = {}, .item = {}});
    if (!fd.valid())
        return writeFailure(errno, path, bytes);
    if (auto room = preallocate(fd.get(), path, bytes); !room) {
        ::unlinkat(place.folder.get(), place.name.c_str(), 0);
        return Failure(std::move(room).error());
    }
    {
        const std::lock_guard lock(files->mutex);
        files->created.insert(path);
    }
    return std::make_unique<PosixOutputFile>(std::move(fd), std::move(path), std::move(files));
}

} // namespace shardlens
