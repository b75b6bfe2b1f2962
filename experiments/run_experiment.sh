#!/usr/bin/env bash
# Runs the experiment that the Bazel target names: run_experiment.sh NAME [FLAG...]
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
# Under `bazel run` the working directory is that of the target's files.
[[ -d experiments/configs ]] && here="$PWD/experiments"
# Threads that wait for another sleep rather than spin: on a machine that does other things, spinning ones cost a factor
# of ten.
export OMP_WAIT_POLICY="${OMP_WAIT_POLICY:-passive}"
experiment="$1"
shift
exec "$here/main" --experiment="$experiment" --definitions="$here/configs" "$@"
