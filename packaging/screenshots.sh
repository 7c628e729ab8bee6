#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Pictures of every view and dialog, light and dark, at 1x, 1.5x and 2x: packaging/screenshots.sh [FOLDER]
# (default: build/screenshots). Needs Xvfb; draws with Inter where it is installed. BUILD names another build.
set -euo pipefail
cd "$(dirname "$(realpath "$0")")/.."
output=$(realpath -m "${1:-build/screenshots}")
build=${BUILD:-build/release}

command -v xvfb-run >/dev/null || { echo "xvfb-run is needed: apt-get install xvfb xauth" >&2; exit 1; }
if [ -z "${BUILD:-}" ]; then
    packaging/build.sh release --target shardlens-screenshots shardlens-cli
fi
if command -v fc-list >/dev/null && fc-list | grep -qi '/inter/'; then
    export SHARDLENS_SCREENSHOT_INTER=1
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$build/app/shardlens-cli" sample slices --output "$work/step-24000" >/dev/null
for scale in 1 1.5 2; do
    for theme in light dark; do
        QT_SCALE_FACTOR=$scale QT_QPA_PLATFORM=xcb xvfb-run -a -s "-screen 0 3840x2400x24" \
            "$build/tests/shardlens-screenshots" "$output/${scale}x" "$theme" "$work/step-24000" \
            tests/data/st_lfs_pointer/model.safetensors
    done
done
echo "$output"
