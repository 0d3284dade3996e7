#!/usr/bin/env bash
# Install the named Debian packages where their commands are missing; say what to do where that cannot be.
#   envs/apt.sh bedtools samtools graphviz
set -euo pipefail
missing=()
for package in "$@"; do
    command=$package
    [ "$package" = graphviz ] && command=dot
    command -v "$command" >/dev/null || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "missing: ${missing[*]}; install them (Debian: sudo apt-get install ${missing[*]}) and run this again" >&2
    exit 1
fi
apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
