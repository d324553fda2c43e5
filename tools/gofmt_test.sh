#!/usr/bin/env bash
# The Go files of the source tree are as gofmt would write them. What a program
# wrote is compared with the program's output instead.
set -euo pipefail
gofmt=$PWD/$1
tree=$(dirname "$(realpath WORKSPACE)") # the link leads out of the runfiles
cd "$tree"
go_files=$(find . -path './bazel-*' -prune -o -path ./.git -prune -o -name '*.go' ! -name '*_generated.go' -print)
[ -n "$go_files" ] || { echo "source tree: it has no Go file, expected some"; exit 1; }
found=$(xargs "$gofmt" -l <<<"$go_files")
if [ -n "$found" ]; then
  printf 'Go files: not what gofmt writes, expected no difference: run gofmt -w on\n%s\n' "$found"
  exit 1
fi
