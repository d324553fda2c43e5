#!/usr/bin/env bash
# The BUILD files of the source tree are what gazelle would write.
set -euo pipefail
gazelle=$PWD/$1
tree=$(dirname "$(realpath WORKSPACE)") # the link leads out of the runfiles
cd "$tree"
export HOME=$TEST_TMPDIR GOCACHE=$TEST_TMPDIR/go GOFLAGS=-mod=mod GOPROXY=off GOTOOLCHAIN=local
if ! "$gazelle" -mode=diff -repo_root="$tree"; then
  echo "BUILD files: not what gazelle writes, expected no difference: run ./bazelw run //:gazelle"
  exit 1
fi
