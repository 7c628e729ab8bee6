#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Pictures of every view and dialog, light and dark, at 1x and 2x: packaging/screenshots.sh [FOLDER]
# (default: build/screenshots). Needs Xvfb; draws with Inter where it is installed.
set -euo pipefail
cd "$(dirname "$0")/.."
output=${1:-build/screenshots}
build=${BUILD:-build/release}

command -v xvfb-run >/dev/null || { echo "xvfb-run is needed: apt-get install xvfb xauth" >&2; exit 1; }
[ -f "$build/build.ninja" ] || cmake -S . -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release >/dev/null
ninja -C "$build" shardlens-screenshots >/dev/null
if fc-list 2>/dev/null | grep -qi '/inter/'; then export SHARDLENS_SCREENSHOT_INTER=1; fi

small=$(ls -d tests/data/dcphf_* tests/data/hf_sharded* tests/data/* 2>/dev/null | head -1)
damaged=$(ls -d tests/data/*lfs*/*.safetensors tests/data/*truncated_header*/*.safetensors 2>/dev/null | head -1)
for scale in 1 2; do
    for theme in light dark; do
        QT_SCALE_FACTOR=$scale QT_QPA_PLATFORM=xcb xvfb-run -a -s "-screen 0 3840x2400x24" \
            "$build/tests/shardlens-screenshots" "$output/${scale}x" "$theme" "${SMALL:-$small}" "${DAMAGED:-$damaged}"
    done
done
echo "$output"
