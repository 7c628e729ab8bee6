# SPDX-License-Identifier: Apache-2.0
# What the launchers' tests share: a checkpoint, what one run makes of it, and what must hold after several.
set -euo pipefail

cli=$(realpath "${SHARDLENS_CLI:?names the program}")
folder=$(mktemp -d)
options=(--max-shard-size 300KB --no-fsync)

# The parts of one launch, as arguments of shardlens-cli.
parts_of() { # target
  echo convert "$folder/slices" --output "$folder/$1" "${options[@]}" --partition auto --json
}

prepare() {
  "$cli" sample slices --output "$folder/slices" > "$folder/log"
  "$cli" convert "$folder/slices" --output "$folder/whole" "${options[@]}" > "$folder/log"
}

expect_same() { # target: it is what one run made, and nothing is left beside it
  diff -r "$folder/whole" "$folder/$1"
  if compgen -G "$folder/.shardlens-*" > "$folder/log"; then
    echo "left behind: $(ls -A "$folder")" >&2
    return 1
  fi
}

# Starts parts, kills the launcher with all it started after a moment, again and again; then lets them finish.
kill_and_repeat() { # target, then the launcher's words
  local target=$1 round launcher
  shift
  for round in 1 2 3 4 5 6; do
    setsid "$@" "$cli" $(parts_of "$target") > "$folder/log" 2>&1 &
    launcher=$!
    sleep "0.$((RANDOM % 5 + 1))"
    kill -KILL -- "-$launcher" 2>> "$folder/log" || true
    wait "$launcher" || true
    if [ -e "$folder/$target" ]; then # whole, or not there
      diff -r "$folder/whole" "$folder/$target"
    fi
  done
}
