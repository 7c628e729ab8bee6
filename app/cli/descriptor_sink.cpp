// SPDX-License-Identifier: Apache-2.0
#include "app/cli/descriptor_sink.h"

#include <cerrno>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace shardlens::cli {

int DescriptorSink::write(std::string_view text) {
    while (!text.empty()) {
        const auto written = ::write(m_descriptor, text.data(), text.size());
        if (written >= 0) {
            text.remove_prefix(static_cast<std::size_t>(written));
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            // Somebody set the terminal or pipe that we share to non-blocking.
            pollfd wait{m_descriptor, POLLOUT, 0};
            ::poll(&wait, 1, -1);
        } else if (errno != EINTR) {
            return errno;
        }
    }
    return 0;
}

bool DescriptorSink::isTerminal() const {
    return ::isatty(m_descriptor) == 1;
}

int DescriptorSink::width() const {
    winsize size{};
    return ::ioctl(m_descriptor, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

} // namespace shardlens::cli
