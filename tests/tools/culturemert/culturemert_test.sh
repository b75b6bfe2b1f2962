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

unset BUILD_WORKING_DIRECTORY CULTUREMERT_DATA_ROOT

# Three recordings of which one is no audio.
mkdir -p sets/ours
expect 0 out '^culture +makam' audio render --corpus=makam --clip_seconds=1 --index=0 --output=sets/ours/a.wav
cp sets/ours/a.wav sets/ours/b.wav
echo "no audio" >sets/ours/c.wav
printf 'path,culture,tags,recording,split\n%s.wav,epirus,x:y,%s,train\n' a a >sets/ours/labels.csv
printf '%s.wav,epirus,x:y,%s,train\n' b b c c >>sets/ours/labels.csv
prepare=(data prepare --data_root=sets --dataset=ours --output=store)
expect 2 err 'output=DIR is needed' data prepare --data_root=sets --dataset=ours
expect 2 err 'prepare.max_bed.*did you mean "prepare.max_bad"' "${prepare[@]}" --set prepare.max_bed=1
expect 1 err 'c\.wav' "${prepare[@]}"
expect 0 out 'c\.wav' "${prepare[@]}" --set prepare.max_bad=1
expect 0 out 'ours: 3 recordings' "${prepare[@]}" --set=prepare.max_bad=1,prepare.threads=1

expect 0 out 'wrote cqt\.npy: float32 \[336, 76\]' cqt --audio=sets/ours/a.wav --output=cqt.npy
expect 2 err 'output=FILE\.npy is needed' cqt --audio=sets/ours/a.wav
expect 1 err 'c\.wav' cqt --audio=sets/ours/c.wav --output=none.npy
expect 1 err 'missing\.wav' cqt --audio=missing.wav --output=none.npy

# Two models' scores of four recordings.
printf 'id,x,y\na,1,0\nb,0,1\nc,1,0\nd,0,0\n' >truth.csv
printf 'id,y,x\nd,.1,.2\nc,.3,.8\nb,.9,.4\na,.2,.9\n' >good.csv
printf 'id,x,y\na,.1,.2\nb,.3,.8\nc,.9,.4\nd,.2,.9\n' >bad.csv
head -4 good.csv >short.csv
expect 0 out '^ROC-AUC +1\.0000 +1\.0000 to 1\.0000' score --truth=truth.csv --scores=good.csv --json=score.json
expect 0 out '^ROC-AUC +1\.0000 .* \+0\.[0-9]+ +' score --truth=truth.csv --scores=good.csv --against=bad.csv --replicates=50
expect 0 out 'means over 2 seeds' score --truth=truth.csv --scores=good.csv --scores=bad.csv --replicates=50
expect 1 err 'lacks 1 of 4 recordings' score --truth=truth.csv --scores=short.csv
expect 2 err 'scores=FILE\.csv is needed' score --truth=truth.csv

exit $((failures > 0))
