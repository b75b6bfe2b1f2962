#!/usr/bin/env bash
# Every C++ and CUDA source of the checkout is formatted as .clang-format says.
set -euo pipefail
clang_format="$PWD/$1"
cd "$(dirname "$(readlink -f WORKSPACE)")"
mapfile -d '' sources < <(find . -name 'bazel-*' -prune -o -path './.*' -prune -o -name results -prune -o \
  \( -name '*.cc' -o -name '*.h' -o -name '*.cu' \) -print0 | sort -z)
((${#sources[@]} > 0)) || { echo "no sources found in $PWD"; exit 1; }
if ! "$clang_format" --dry-run --Werror "${sources[@]}"; then
  echo "To format them all: git ls-files '*.cc' '*.h' '*.cu' | xargs clang-format -i    (version 14)"
  exit 1
fi
echo "${#sources[@]} sources are formatted"
