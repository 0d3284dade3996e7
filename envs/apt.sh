#!/usr/bin/env bash
# Install the named Debian packages where what they bring is missing; say what to do where that cannot be.
#   envs/apt.sh bedtools samtools graphviz
set -euo pipefail

is_there() {
    case $1 in
        graphviz) command -v dot ;;
        python3-venv) python3 -c 'import ensurepip, venv' ;;
        *) command -v "$1" ;;
    esac >/dev/null 2>&1
}

missing=()
for package in "$@"; do
    is_there "$package" || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "missing: ${missing[*]}; install them (Debian: sudo apt-get install ${missing[*]}) and run this again" >&2
    exit 1
fi
echo "installing ${missing[*]}"
apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
