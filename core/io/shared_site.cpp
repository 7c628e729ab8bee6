// SPDX-License-Identifier: Apache-2.0
#include "io/shared_site.h"

#include "io/folder_ops.h"
#include "io/posix.h"
#include "io/rules.h"
#include "io/target_path.h"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <ctime>
#include <fcntl.h>
#include <random>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>

namespace shardlens {

namespace {

constexpr std::size_t LongestPlanText = 4096;

std::string planText(const std::string& digest) {
    std::array<char, 256> host{};
    if (::gethostname(host.data(), host.size() - 1) != 0)
        host[0] = '\0';
    const auto now = std::time(nullptr);
    std::tm utc{};
    ::gmtime_r(&now, &utc);
    return fmt::format("{}\n{:04}-{:02}-{:02} {:02}:{:02} UTC on {}\n"
                       "Shardlens gathers the parts of a conversion here. When none runs any more, this "
                       "folder can go.\n",
                       digest, utc.tm_year + 1900, utc.tm_mon + 1, utc.tm_mday, utc.tm_hour, utc.tm_min,
                       host.data());
}

} // namespace

std::string newSuffix() {
    std::random_device device;
    return fmt::format("{:08x}{:08x}", device(), device());
}

std::optional<PlanRecord> readPlanRecord(const std::string& folder) {
    const UniqueFd fd(::open((folder + "/" + SharedSite::PlanName).c_str(),
                             O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    std::array<char, LongestPlanText> buffer{};
    const auto got = fd.valid() ? ::pread(fd.get(), buffer.data(), buffer.size(), 0) : -1;
    if (got <= 0)
        return std::nullopt;
    const std::string_view text(buffer.data(), static_cast<std::size_t>(got));
    const auto first = text.find('\n');
    if (first == text.npos)
        return std::nullopt;
    const auto second = text.find('\n', first + 1);
    return PlanRecord{std::string(text.substr(0, first)),
                      std::string(text.substr(first + 1, second == text.npos ? 0 : second - first - 1))};
}

Result<void> writePlanRecord(const std::string& folder, const std::string& digest) {
    const auto path = folder + "/" + SharedSite::PlanName;
    const UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666));
    const auto text = planText(digest);
    if (!fd.valid() || ::write(fd.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()) ||
        ::fsync(fd.get()) != 0)
        return writeFailure(errno, path);
    return {};
}

Result<void> makePlanFolder(const std::string& folder, const std::string& digest) {
    const auto path = folder + "/" + digest;
    if (::mkdir(path.c_str(), 0777) != 0 || ::mkdir((path + "/" + SharedSite::FilesName).c_str(), 0777) != 0)
        return writeFailure(errno, path);
    return {};
}

namespace {

std::string passingPrefix(const SharedSite& site) {
    return ".shardlens-passing-" + lastPartOf(site.target) + "-";
}

} // namespace

std::string SharedSite::passingPath() const {
    return parentOf(folder) + "/" + passingPrefix(*this) + newSuffix();
}

void SharedSite::removePassing() const {
    const auto prefix = passingPrefix(*this);
    if (const auto parent = openFolderAt(AT_FDCWD, parentOf(folder)); parent.valid())
        for (const auto& name : namesIn(parent.get()))
            if (name.starts_with(prefix) && name.size() == prefix.size() + newSuffix().size())
                removeTree(parent.get(), name);
}

bool nameExists(const std::string& path) {
    struct stat status {};
    return ::lstat(path.c_str(), &status) == 0;
}

Result<SharedSite> sharedSiteOf(const std::string& target, bool makeParents) {
    SharedSite site;
    const auto given = tidyPath(target);
    struct stat status {
    }, above{};
    if (target.empty() || target.find('\0') != target.npos || lastPartOf(given) == "..")
        return fail(rules::NotFound, {target});
    bool beside = true;
    if (::stat(given.c_str(), &status) == 0) {
        if (!S_ISDIR(status.st_mode))
            return fail(rules::NotAFolder, {target});
        SHARDLENS_TRY(site.target, withoutLinks(given));
        // A mount point cannot be renamed over.
        beside = site.target != "/" && ::stat(parentOf(site.target).c_str(), &above) == 0 &&
                 above.st_dev == status.st_dev && ::access(parentOf(site.target).c_str(), W_OK | X_OK) == 0;
    } else {
        if (nameExists(given)) // a link that leads nowhere
            return fail(rules::TargetExists, {target});
        if (makeParents) {
            MadeParents parents;
            SHARDLENS_CHECK(parents.make(parentOf(given)));
            parents.paths.clear(); // other processes rely on them
        }
        if (!nameExists(parentOf(given)))
            return fail(rules::NotFound, {parentOf(given)});
        SHARDLENS_TRY(const auto parent, withoutLinks(parentOf(given)));
        site.target = (parent == "/" ? std::string() : parent) + "/" + lastPartOf(given);
    }
    site.inside = !beside;
    site.folder = beside ? (parentOf(site.target) == "/" ? std::string() : parentOf(site.target)) +
                               "/.shardlens-parts-" + lastPartOf(site.target)
                         : site.target + "/.shardlens-parts";
    return site;
}

} // namespace shardlens
