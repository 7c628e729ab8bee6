#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Configures and builds a preset, incrementally. usage: packaging/build.sh PRESET [CMAKE-BUILD-ARGUMENT...]
set -euo pipefail
cd "$(dirname "$(realpath "$0")")/.."
preset=$1
shift
if command -v ccache >/dev/null; then
    # Objects are found again from any checkout: paths count relative to this one.
    export CMAKE_CXX_COMPILER_LAUNCHER=ccache CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1
    export CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
fi
log=$(mktemp)
trap 'rm -f "$log"' EXIT
cmake --preset "$preset" >"$log" 2>&1 || { cat "$log" >&2; exit 1; }
cmake --build --preset "$preset" "$@"
