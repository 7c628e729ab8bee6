// SPDX-License-Identifier: Apache-2.0
#include "io/staging_folder.h"

#include "io/folder_ops.h"
#include "io/rules.h"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <csignal>
#include <ctime>
#include <dirent.h>
#include <fcntl.h>
#include <memory>
#include <random>
#include <string_view>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace shardlens {

namespace {

constexpr std::string_view Prefix = ".shardlens-staging-";
constexpr const char* MarkerName = "lock";
constexpr std::string_view MarkerText =
    "Shardlens writes here. Without a running Shardlens this folder can go.\n";
/// A folder without a marker is about to get one, unless it is older than this.
constexpr std::time_t SecondsToMark = 60;

std::string hostName() {
    std::array<char, 256> buffer{};
    return ::gethostname(buffer.data(), buffer.size() - 1) == 0 ? std::string(buffer.data()) : std::string();
}

std::string markerContent() {
    return std::string(MarkerText) + hostName() + "\n";
}

std::string newName() {
    std::uint64_t random = 0;
    try {
        std::random_device device;
        random = (std::uint64_t{device()} << 32) | device();
    } catch (const std::exception&) { // the name must be new, not secret
        random = static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
    }
    return fmt::format("{}{}-{:016x}", Prefix, ::getpid(), random);
}

bool writerIsGone(std::string_view folderName) {
    folderName.remove_prefix(Prefix.size());
    pid_t pid = 0;
    const auto [end, error] = std::from_chars(folderName.data(), folderName.data() + folderName.size(), pid);
    return error == std::errc() && pid > 0 && ::kill(pid, 0) != 0 && errno == ESRCH;
}

/// True where the marker is ours and nobody holds it. Keeps the lock for as long as `marker` is open. Where
/// the file system knows no locks, the process id decides, for processes of this machine.
bool isAbandoned(const UniqueFd& marker, const std::string& folderName, StagingFolder::Whose whose) {
    struct stat status {};
    if (!marker.valid() || ::fstat(marker.get(), &status) != 0 || !S_ISREG(status.st_mode))
        return false;
    std::array<char, 512> content{};
    const auto got = ::pread(marker.get(), content.data(), content.size(), 0);
    const std::string_view text(content.data(), got > 0 ? static_cast<std::size_t>(got) : 0);
    // A marker that is still empty was created by a process that died before it could write.
    if (!text.empty() && !text.starts_with(MarkerText))
        return false;
    if (whose == StagingFolder::Whose::ThisMachine && text != markerContent())
        return false;
    if (::flock(marker.get(), LOCK_EX | LOCK_NB) == 0)
        return true;
    return errno != EWOULDBLOCK && text == markerContent() && writerIsGone(folderName);
}

void removeIfAbandoned(int parent, const std::string& name, StagingFolder::Whose whose) {
    const auto folder = openFolderAt(parent, name);
    struct stat status {};
    if (!folder.valid() || ::fstat(folder.get(), &status) != 0 || status.st_uid != ::geteuid())
        return;
    const UniqueFd marker(::openat(folder.get(), MarkerName, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    // A process of another machine that is just about to mark it makes another one instead.
    if (!marker.valid() && errno == ENOENT &&
        (writerIsGone(name) || std::time(nullptr) - status.st_mtime > SecondsToMark)) {
        ::unlinkat(parent, name.c_str(), AT_REMOVEDIR); // fails unless it is empty
        return;
    }
    if (!isAbandoned(marker, name, whose))
        return;
    removeContents(folder.get(), MarkerName);
    removeTree(parent, name);
}

struct CloseFolder {
    void operator()(DIR* folder) const { ::closedir(folder); }
};

} // namespace

/// False where another process took the folder for abandoned before it was marked.
Result<bool> StagingFolder::tryCreate(const std::string& parent, StagingFolder& out) {
    const auto name = newName();
    const auto path = parent + "/" + name;
    UniqueFd parentFd(::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!parentFd.valid() || ::mkdirat(parentFd.get(), name.c_str(), 0700) != 0)
        return writeFailure(errno, path);
    auto folder = openFolderAt(parentFd.get(), name);
    UniqueFd marker(
        ::openat(folder.get(), MarkerName, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!marker.valid() && (errno == ENOENT || errno == EBADF))
        return false;
    if (!marker.valid()) {
        const auto failure = writeFailure(errno, path);
        ::unlinkat(parentFd.get(), name.c_str(), AT_REMOVEDIR);
        return failure;
    }
    if (::flock(marker.get(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
        return false;
    struct stat status {};
    if (::fstat(marker.get(), &status) != 0 || status.st_nlink == 0)
        return false;
    out.m_parent = std::move(parentFd);
    out.m_folder = std::move(folder);
    out.m_marker = std::move(marker);
    out.m_name = name;
    out.m_filesPath = path + "/" + FilesName;
    const auto content = markerContent();
    if (::pwrite(out.m_marker.get(), content.data(), content.size(), 0) !=
        static_cast<ssize_t>(content.size()))
        return writeFailure(errno, path, content.size());
    if (::mkdirat(out.m_folder.get(), FilesName, 0777) != 0)
        return writeFailure(errno, path);
    out.m_files = openFolderAt(out.m_folder.get(), FilesName);
    if (!out.m_files.valid())
        return writeFailure(errno, path);
    return true;
}

Result<std::unique_ptr<StagingFolder>> StagingFolder::createIn(const std::string& parent) {
    constexpr int Attempts = 16;
    for (int i = 0; i < Attempts; ++i) {
        std::unique_ptr<StagingFolder> staging(new StagingFolder);
        SHARDLENS_TRY(const bool created, tryCreate(parent, *staging));
        if (created)
            return staging;
    }
    return fail(rules::WriteFailed,
                {parent, std::string("something removes staging folders as they are made")});
}

StagingFolder::~StagingFolder() {
    if (!m_folder.valid())
        return; // never made
    removeContents(m_folder.get(), MarkerName);
    removeTree(m_parent.get(), m_name);
}

void StagingFolder::removeAbandonedIn(const std::string& parent, Whose whose) {
    const std::unique_ptr<DIR, CloseFolder> handle(::opendir(parent.c_str()));
    if (!handle)
        return;
    std::vector<std::string> names;
    while (const auto* entry = ::readdir(handle.get()))
        if (std::string_view(entry->d_name).starts_with(Prefix))
            names.emplace_back(entry->d_name);
    for (const auto& name : names)
        removeIfAbandoned(::dirfd(handle.get()), name, whose);
}

} // namespace shardlens
