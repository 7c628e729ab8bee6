#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs what is missing, builds, and opens the window on PATH (a sample checkpoint by default).
# Without a display it does the same job in the terminal. usage: packaging/run.sh [PATH]
set -euo pipefail
start=$PWD
cd "$(dirname "$(realpath "$0")")/.."
packaging/install-dependencies.sh build
echo "Building (the first time takes a few minutes)…" >&2
packaging/build.sh release --target shardlens shardlens-cli >&2
programs=$PWD/build/release/app
cli=$programs/shardlens-cli

if [ $# -gt 0 ]; then
    path=$(cd "$start" && realpath "$1")
else
    path=${XDG_CACHE_HOME:-$HOME/.cache}/shardlens/sample
    [ -e "$path" ] || "$cli" sample slices --output "$path"
fi

if [ -n "${DISPLAY:-}" ] || [ -n "${WAYLAND_DISPLAY:-}" ]; then
    exec "$programs/shardlens" "$path"
fi

say() { printf '\n%s\n' "$*"; }
say "There is no display here, so Shardlens shows the checkpoint in the terminal instead of its window."
say "$ shardlens-cli info $path"
"$cli" info "$path"
say "$ shardlens-cli tree $path --depth 3"
"$cli" tree "$path" --depth 3
if [ $# -eq 0 ]; then
    output=$(mktemp -d)/consolidated
    say "$ shardlens-cli convert $path --output $output"
    "$cli" convert "$path" --output "$output" --progress
    say "$ shardlens-cli info $output"
    "$cli" info "$output"
fi
say "More: $cli --help"
