// SPDX-License-Identifier: Apache-2.0
#include "app/cli/descriptor_sink.h"
#include "app/cli/exit_status.h"
#include "app/cli/run.h"

#include <csignal>
#include <pthread.h>
#include <stop_token>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

namespace {

/// Signals that ask to stop; one that is ignored (nohup) stays so.
sigset_t interrupts() {
    sigset_t set;
    sigemptyset(&set);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
        struct sigaction action {};
        if (sigaction(signal, nullptr, &action) == 0 && action.sa_handler != SIG_IGN)
            sigaddset(&set, signal);
    }
    return set;
}

/// The first signal asks the command to stop; a second one does not wait for that.
void waitForInterrupts(std::stop_source source, sigset_t set) {
    for (bool second = false;; second = true) {
        int signal = 0;
        if (sigwait(&set, &signal) != 0)
            return;
        if (second)
            _exit(shardlens::cli::Cancelled);
        source.request_stop();
    }
}

} // namespace

int main(int argc, char** argv) {
    // A closed pipe is an error of write(), which the commands notice.
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN); // so is a file that may not grow
    const auto set = interrupts();
    pthread_sigmask(SIG_BLOCK, &set, nullptr); // threads inherit it: only the waiting one takes signals
    std::stop_source source;
    std::thread(waitForInterrupts, source, set).detach();
    shardlens::cli::DescriptorSink out(STDOUT_FILENO), err(STDERR_FILENO);
    const std::vector<std::string> arguments(argv + 1, argv + (argc > 0 ? argc : 1));
    return shardlens::cli::run(arguments, out, err, source.get_token());
}
