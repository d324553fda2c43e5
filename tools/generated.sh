#!/usr/bin/env bash
# Compares generated files with those that are checked in, or replaces those.
#
#   generated.sh check|write TARGET [CHECKED_IN GENERATED]...
set -euo pipefail
mode=$1
target=$2
shift 2
stale=0
while [ $# -gt 0 ]; do
  checked_in=$1
  generated=$2
  shift 2
  case $mode in
    check)
      if ! diff -u "$checked_in" "$generated" | head -n 40; then
        echo "$checked_in: not what its generator writes, expected no difference: run ./bazelw run $target"
        stale=1
      fi
      ;;
    write)
      file=$BUILD_WORKSPACE_DIRECTORY/$checked_in
      if ! cmp -s "$generated" "$file"; then
        cp --no-preserve=mode "$generated" "$file.new"
        mv "$file.new" "$file"
        echo "wrote $checked_in"
      fi
      ;;
  esac
done
exit "$stale"
