// SPDX-License-Identifier: Apache-2.0
#include "support/jail.h"

#include <cstddef>
#include <fcntl.h>
#include <initializer_list>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace shardlens::test {

namespace {

constexpr int NotStarted = 113;

class Filter {
public:
    Filter() { load(offsetof(seccomp_data, nr)); }

    void forbid(std::initializer_list<long> calls) {
        for (const long call : calls) {
            add({BPF_JMP | BPF_JEQ | BPF_K, 0, 1, static_cast<__u32>(call)});
            kill();
        }
    }

    /// A call that is forbidden where one of the argument's bits is set.
    void forbidBits(long call, std::size_t argument, __u32 bits) {
        add({BPF_JMP | BPF_JEQ | BPF_K, 0, 4, static_cast<__u32>(call)});
        load(offsetof(seccomp_data, args) + argument * sizeof(__u64)); // the low half: little-endian
        add({BPF_JMP | BPF_JSET | BPF_K, 0, 1, bits});
        kill();
        add({BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW});
    }

    bool install() {
        add({BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW});
        const sock_fprog program{static_cast<unsigned short>(m_code.size()), m_code.data()};
        return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
               ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) == 0;
    }

private:
    void add(sock_filter step) { m_code.push_back(step); }
    void load(std::size_t offset) { add({BPF_LD | BPF_W | BPF_ABS, 0, 0, static_cast<__u32>(offset)}); }
    void kill() { add({BPF_RET | BPF_K, 0, 0, SECCOMP_RET_KILL_PROCESS}); }

    std::vector<sock_filter> m_code;
};

bool enterJail() {
    Filter filter;
    filter.forbid({SYS_execve, SYS_execveat, SYS_socket, SYS_unlinkat, SYS_renameat2, SYS_mkdirat,
                   SYS_truncate, SYS_ftruncate, SYS_ptrace});
#ifdef SYS_fork
    filter.forbid({SYS_fork, SYS_vfork, SYS_creat, SYS_unlink, SYS_rename, SYS_renameat, SYS_mkdir, SYS_rmdir,
                   SYS_symlink, SYS_link});
    filter.forbidBits(SYS_open, 1, O_WRONLY | O_RDWR | O_CREAT | O_TRUNC);
#endif
    filter.forbidBits(SYS_openat, 2, O_WRONLY | O_RDWR | O_CREAT | O_TRUNC);
    return filter.install();
}

ChildOutcome run(const std::function<int()>& work, bool jailed) {
    ChildOutcome outcome;
    const pid_t child = ::fork();
    if (child < 0)
        return outcome;
    if (child == 0) {
        if (jailed && !enterJail())
            ::_exit(NotStarted);
        ::_exit(work());
    }
    int status = 0;
    rusage usage{};
    if (::wait4(child, &status, 0, &usage) != child)
        return outcome;
    outcome.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    outcome.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    outcome.started = outcome.status != NotStarted;
    outcome.peakBytes = static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
    return outcome;
}

} // namespace

ChildOutcome runInChild(const std::function<int()>& work) {
    return run(work, false);
}

ChildOutcome runInJail(const std::function<int()>& work) {
    return run(work, true);
}

} // namespace shardlens::test
