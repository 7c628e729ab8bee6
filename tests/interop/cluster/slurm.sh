#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A Slurm cluster of one node on this machine (its own munged, slurmctld and slurmd, in a temporary folder, on ports of
# their own); four parts under srun give what one run gives, also where they were killed before.
# usage: SHARDLENS_CLI=…/shardlens-cli slurm.sh
. "$(dirname "$0")/common.sh"
PATH=$PATH:/usr/sbin
slurm=$folder/slurm
started=()
finish() {
  for process in "${started[@]}"; do
    kill "$process" 2>> "$folder/log" || true
  done
  if [ -e "$slurm/munge.pid" ]; then
    kill "$(cat "$slurm/munge.pid")" || true
  fi
  wait
  rm -rf "$folder"
}
trap finish EXIT
unset "${!OMPI_@}" "${!PMI_@}" "${!SLURM_@}" RANK WORLD_SIZE

port=$((20000 + RANDOM % 20000))
node=$(hostname -s)
mkdir -p "$slurm/state" "$slurm/spool"
export SLURM_CONF=$slurm/slurm.conf
cat > "$SLURM_CONF" <<CONF
ClusterName=test
SlurmctldHost=$node(127.0.0.1)
SlurmUser=$(id -un)
SlurmdUser=$(id -un)
AuthType=auth/munge
AuthInfo=socket=$slurm/munge.socket
SlurmctldPort=$port
SlurmdPort=$((port + 1))
StateSaveLocation=$slurm/state
SlurmdSpoolDir=$slurm/spool
SlurmctldPidFile=$slurm/slurmctld.pid
SlurmdPidFile=$slurm/slurmd.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
SelectType=select/linear
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/none
ReturnToService=2
KillWait=1
NodeName=$node NodeAddr=127.0.0.1 CPUs=$(nproc) State=UNKNOWN
PartitionName=main Nodes=ALL Default=YES State=UP OverSubscribe=FORCE:8
CONF
(umask 077 && head -c 1024 /dev/urandom > "$slurm/munge.key")
chmod 755 "$folder" # munged wants folders that nobody else may write to, and that clients may enter
munged --force --key-file="$slurm/munge.key" --socket="$slurm/munge.socket" --pid-file="$slurm/munge.pid" \
  --log-file="$slurm/munged.log" --seed-file="$slurm/seed"
slurmctld -D > "$slurm/slurmctld.log" 2>&1 &
started+=($!)
slurmd -D > "$slurm/slurmd.log" 2>&1 &
started+=($!)
for _ in $(seq 60); do
  if [ "$(sinfo --noheader --format %t 2>> "$slurm/log")" = idle ]; then
    break
  fi
  sleep 0.5
done
sinfo

prepare
launch=(srun --ntasks 4 --overcommit)
"${launch[@]}" "$cli" $(parts_of parts) > "$folder/reports"
test "$(grep -o '"partition"' "$folder/reports" | wc -l)" = 4
expect_same parts

kill_and_repeat killed "${launch[@]}"
scancel --signal=KILL --state=RUNNING --user="$(id -un)" || true
for _ in $(seq 60); do
  if [ -z "$(squeue --noheader)" ]; then
    break
  fi
  sleep 0.5
done
"${launch[@]}" "$cli" $(parts_of killed) > "$folder/reports"
expect_same killed

# As a job: the script's own process has Slurm's variables too and is no part; srun's are.
cat > "$folder/job.sh" <<JOB
#!/bin/sh
"$cli" $(parts_of none) > "$folder/script.report" 2>&1
echo "\$?" > "$folder/script.status"
srun --overcommit "$cli" $(parts_of job) > "$folder/job.reports"
JOB
sbatch --wait --ntasks 4 --overcommit --output "$folder/job.log" "$folder/job.sh"
expect_same job
test "$(cat "$folder/script.status")" = 2 # the script itself was refused
echo "srun: four parts, killed and repeated, give what one run gives"
