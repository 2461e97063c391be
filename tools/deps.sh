#!/bin/sh
# Installs the Debian packages that are missing for the named groups of tools/packages.txt. Quick when nothing is missing.
set -eu
here=$(dirname "$0")
wanted=$(for group in "$@"; do
	sed -n "/^\[$group\]/,/^\[/p" "$here/packages.txt" | grep -v '^[[#]'
done)
case " $* " in
*" test "*)
	command -v node >/dev/null 2>&1 || wanted="$wanted nodejs"
	command -v npm >/dev/null 2>&1 || wanted="$wanted npm"
	;;
esac
missing=
for p in $wanted; do
	dpkg-query -W -f '${Status}' "$p" 2>/dev/null | grep -q 'ok installed' || missing="$missing $p"
done
[ -n "$missing" ] || exit 0
command -v apt-get >/dev/null || {
	echo "These packages are missing and there is no apt-get here:$missing" >&2
	exit 1
}
as_root=
[ "$(id -u)" = 0 ] || as_root=sudo
echo "Installing:$missing"
export DEBIAN_FRONTEND=noninteractive
$as_root apt-get update -q
$as_root apt-get install -qy --no-install-recommends $missing
