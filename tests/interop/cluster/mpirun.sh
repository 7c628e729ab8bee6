#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Four parts under Open MPI's mpirun give what one run gives, also where they were killed before.
# usage: SHARDLENS_CLI=…/shardlens-cli mpirun.sh
. "$(dirname "$0")/common.sh"
trap 'rm -rf "$folder"' EXIT
unset "${!SLURM_@}" "${!PMI_@}" RANK WORLD_SIZE
launch=(mpirun -n 4 --oversubscribe)
if [ "$(id -u)" = 0 ]; then
  launch+=(--allow-run-as-root)
fi

prepare
"${launch[@]}" "$cli" $(parts_of parts) > "$folder/reports"
test "$(grep -o '"partition"' "$folder/reports" | wc -l)" = 4
expect_same parts
# A repeated launch finds everything done.
"${launch[@]}" "$cli" $(parts_of parts) > "$folder/reports"
test "$(grep -o 'convert.published-before' "$folder/reports" | wc -l)" = 4
expect_same parts

kill_and_repeat killed "${launch[@]}"
"${launch[@]}" "$cli" $(parts_of killed) > "$folder/reports"
expect_same killed
# Parts of two plans do not mix: the second is refused, and the first can be finished.
"$cli" convert "$folder/slices" --output "$folder/mixed" "${options[@]}" --partition 1/4 > "$folder/log"
if "${launch[@]}" "$cli" $(parts_of mixed) --cast bf16 > "$folder/log" 2>&1; then
  echo "another plan's parts were taken" >&2
  exit 1
fi
"${launch[@]}" "$cli" $(parts_of mixed) > "$folder/log"
expect_same mixed
echo "mpirun: four parts, killed and repeated, give what one run gives"
