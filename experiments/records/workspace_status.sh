#!/usr/bin/env bash
# Tells Bazel (--workspace_status_command) what the workspace is built from: the commit, and whether the tree differs.
# Prints nothing where there is no git or no checkout; records then say "unknown".
commit="$(git rev-parse --verify HEAD 2>/dev/null)" || exit 0
echo "STABLE_CULTUREMERT_COMMIT $commit"
if changes="$(git status --porcelain 2>/dev/null)" && [[ -z "$changes" ]]; then
  echo "STABLE_CULTUREMERT_DIRTY 0"
else
  echo "STABLE_CULTUREMERT_DIRTY 1"
fi
