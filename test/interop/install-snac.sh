#!/usr/bin/env bash
# Fetches snac2, a small ActivityPub server in C, for `npm run test:interop`.
#
# The package comes from Debian's backports, through whichever mirror this machine already uses:
# the first stanza of its own apt sources is copied and only the suite is changed. It is unpacked
# into node_modules/.cache/snac2 and nothing is installed in the system, except the shared
# libraries that snac needs, and these only when they are missing.
#
# Usage: bash test/interop/install-snac.sh     (again at will: does nothing when snac already runs)
#        SNAC_SUITE=trixie-backports bash …    (another suite)
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
cache="$root/node_modules/.cache/snac2"
binary="$cache/usr/bin/snac"
suite="${SNAC_SUITE:-bookworm-backports}"

fail() {
  echo "install-snac: $*" >&2
  exit 1
}

missing_libraries() {
  ldd "$binary" 2>/dev/null | awk '/not found/ { print $1 }'
}

# `snac` without arguments prints its name and version and exits with an error.
runs() {
  [ -x "$binary" ] && { "$binary" 2>&1 || true; } | grep -q '^snac '
}

if runs; then
  echo "install-snac: already there: $binary"
  exit 0
fi

for tool in apt-get dpkg awk ldd; do
  command -v "$tool" >/dev/null || fail "$tool is missing: this script needs Debian or a derivative. \
Build snac2 yourself and name the binary in FRAGARIA_SNAC."
done

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/parts" "$work/lists/partial" "$work/cache/archives/partial"

deb822=/etc/apt/sources.list.d/debian.sources
oneline=/etc/apt/sources.list
if [ -s "$deb822" ]; then
  awk -v suite="$suite" '
    /^[[:space:]]*$/ { if (seen) exit; next }
    /^#/ { next }
    /^Suites:/ { print "Suites: " suite; seen = 1; next }
    /^Types:/ { print "Types: deb"; seen = 1; next }
    { print; seen = 1 }' "$deb822" >"$work/parts/snac.sources"
elif [ -s "$oneline" ] && grep -q '^deb ' "$oneline"; then
  # deb [options] URI suite component…
  awk -v suite="$suite" '
    /^deb / {
      i = 2
      if ($2 ~ /^\[/) { while ($i !~ /\]$/) i++; i++ }
      line = "deb"
      for (j = 2; j <= i; j++) line = line " " $j
      print line, suite, "main"
      exit
    }' "$oneline" >"$work/parts/snac.list"
else
  fail "found no Debian mirror: neither $deb822 nor a deb line in $oneline."
fi

apt=(apt-get -qq
  -o "Dir::Etc::sourcelist=/dev/null"
  -o "Dir::Etc::sourceparts=$work/parts"
  -o "Dir::State::Lists=$work/lists"
  -o "Dir::Cache=$work/cache"
  -o "APT::Sandbox::User=$(id -un)")

"${apt[@]}" update || fail "could not read the package list of $suite from this machine's mirror."
(cd "$work" && "${apt[@]}" download snac2) ||
  fail "the mirror has no snac2 in $suite; name another suite in SNAC_SUITE."

rm -rf "$cache"
mkdir -p "$cache"
dpkg -x "$work"/snac2_*.deb "$cache" || fail "could not unpack the package into $cache."

missing="$(missing_libraries)"
if [ -n "$missing" ]; then
  packages=""
  for library in $missing; do
    case "$library" in
      libcurl.so.4) packages="$packages libcurl4" ;;
      libssl.so.3 | libcrypto.so.3) packages="$packages libssl3" ;;
      *) fail "snac needs $library and this script does not know the package that has it." ;;
    esac
  done
  [ "$(id -u)" = 0 ] ||
    fail "snac needs shared libraries that only root can install: apt-get install$packages"
  echo "install-snac: installing$packages"
  # shellcheck disable=SC2086 # a list of package names
  apt-get -qq update && apt-get -qq install -y --no-install-recommends $packages >/dev/null ||
    fail "could not install$packages."
fi

runs || fail "unpacked, but $binary does not run: $("$binary" 2>&1 | head -n 1)"
echo "install-snac: ready: $binary ($("$binary" 2>&1 | head -n 1))"
