#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs what is missing, builds everything and runs all tests, offscreen. usage: packaging/test.sh [PRESET]
set -euo pipefail
cd "$(dirname "$(realpath "$0")")/.."
preset=${1:-release}
packaging/install-dependencies.sh build test
packaging/build.sh "$preset"
export QT_QPA_PLATFORM=offscreen
ctest --preset "$preset" -j "$(nproc)"
