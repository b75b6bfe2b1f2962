#!/usr/bin/env bash
# The program itself: what it prints, where, and its exit codes.
set -uo pipefail
culturemert="$PWD/$1"
cd "$TEST_TMPDIR"
failures=0

# expect CODE STREAM PATTERN WORDS...: runs the program and looks at its exit code and one of its streams.
expect() {
  local code="$1" stream="$2" pattern="$3"
  shift 3
  "$culturemert" "$@" >out 2>err </dev/null
  local found=$?
  if [[ $found != "$code" ]] || ! grep -qE -e "$pattern" "$stream"; then
    echo "FAILED: culturemert $*: exit $found (expected $code), expected '$pattern' in $stream:"
    sed 's/^/  out: /' out
    sed 's/^/  err: /' err
    failures=$((failures + 1))
  fi
}

expect 0 out '^  doctor +shows what this machine has' --help
expect 2 err '^usage: culturemert COMMAND'
expect 2 err "no command 'docter' \(did you mean \"doctor\"\?\)" docter
expect 2 err "'doctor' has no flag --data_rot \(did you mean \"data_root\"\?\)" doctor --data_rot=x
expect 2 err "unexpected 'now'" doctor now
expect 0 out '^  --data_root  folder of the licensed data sets' doctor --help
expect 0 out '^  ok +LibTorch +2\.11\.0, ' doctor
expect 0 out '^  ok +libsndfile +1\.' doctor
expect 0 out '^Everything needed is here\.$' doctor
expect 1 out '^  MISSING +data root +no_such_folder' doctor --data_root=no_such_folder

mkdir data && touch data/a data/b
expect 0 out '^  ok +data root +data, 2 entries' doctor --data_root=data
export CULTUREMERT_DATA_ROOT="$PWD/data"
expect 0 out '^  ok +data root +.*/data, 2 entries' doctor
export BUILD_WORKING_DIRECTORY="$PWD/data"
expect 1 out 'data root +.*/data/data' doctor --data_root=data

exit $((failures > 0))
