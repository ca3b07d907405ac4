#!/usr/bin/env bash
# Installs the programs from Debian's packages that the tests use when they are there: the browser, Blender, the fault
# tools and the peers of the benchmarks. Needs root. Without them those tests are skipped and say so.
set -uo pipefail
packages=(
  aria2 blender bubblewrap chromium dbus e2fsprogs faketime fish gcc gnome-keyring iproute2 libarchive-tools libc6-dev libnbd-bin mandoc
  nbdkit nbdkit-plugin-python nftables ntfs-3g strace xfsprogs zsh 7zip
)
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
  echo "test tools: not installed, because this is no Debian run as root; the tests that need them are skipped"
  exit 1
fi
missing=()
for package in "${packages[@]}"; do
  dpkg-query --show --showformat='${Status}' "$package" 2>/dev/null | grep -q "install ok installed" || missing+=("$package")
done
[ "${#missing[@]}" = 0 ] && exit 0
echo "test tools: installing ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq && apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
