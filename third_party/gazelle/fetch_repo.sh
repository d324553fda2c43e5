#!/bin/sh
# Fetches a module for go_repository as everything else is fetched, in place of
# gazelle's program of this name, which neither tries again nor names the remedy.
for flag in "$@"; do
  value=${flag#*=}
  case $flag in
    -dest=*) dest=$value ;;
    -importpath=*) module=$value ;;
    -version=*) version=$value ;;
    -sum=*) sum=$value ;;
  esac
done
spec='{"client": "go", "module": "%s", "version": "%s", "sum": "%s", "members": []}'
exec python3 "{fetch}" "$(printf "$spec" "$module" "$version" "$sum")" "$dest"
