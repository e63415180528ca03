#!/bin/sh
# get-asterisk.sh [DIR]: an Asterisk >= 20 for this checkout in DIR (default .asterisk), without root. Takes the one named
# by VIGIE_ASTERISK or found on PATH, else unpacks one: Debian's comes from sid, Ubuntu's from its own suite.
# Leaves DIR/asterisk (to start it) and DIR/home.json: {version, binary, modules, data}, paths relative to DIR.
set -eu
. "$(dirname "$0")/packages.sh"
checkout=$(cd "$(dirname "$0")/.." && pwd)
mkdir -p "${1:-$checkout/.asterisk}"
dir=$(cd "${1:-$checkout/.asterisk}" && pwd)
oldest=20

version_of() { "$1" -V 2>/dev/null </dev/null | sed -n 's/^Asterisk \([0-9][0-9.]*\).*/\1/p'; }
new_enough() { [ "${1%%.*}" -ge $oldest ] 2>/dev/null; }
first() { for found in "$@"; do [ -e "$found" ] && echo "$found" && return; done; }

# home BINARY VERSION MODULES DATA
home() {
  printf '{"version":"%s","binary":"%s","modules":"%s","data":"%s"}\n' "$2" "$1" "$3" "$4" >"$dir/home.json.new"
  mv "$dir/home.json.new" "$dir/home.json"
}

# An Asterisk that somebody installed: good when it can speak SIP and be led through ARI.
use_installed() {
  binary=$1 version=$(version_of "$1")
  [ -n "$version" ] || { echo "$binary does not run: 'asterisk -V' says no version"; return 1; }
  new_enough "$version" || { echo "$binary is Asterisk $version, and $oldest or newer is needed"; return 1; }
  modules=$(first /usr/lib/*/asterisk/modules /usr/lib/asterisk/modules /usr/lib64/asterisk/modules /usr/local/lib/asterisk/modules)
  data=$(first /usr/share/asterisk/rest-api /var/lib/asterisk/rest-api /usr/local/share/asterisk/rest-api)
  modules=${VIGIE_ASTERISK_MODULES:-$modules}
  for module in chan_pjsip res_ari; do
    [ -e "$modules/$module.so" ] || { echo "$binary has no $module module (looked in '$modules'; VIGIE_ASTERISK_MODULES may name the folder)"; return 1; }
  done
  printf '#!/bin/sh\nexec "%s" "$@"\n' "$binary" >"$dir/asterisk"
  chmod +x "$dir/asterisk"
  home asterisk "$version" "$modules" "${data%/rest-api}"
  say "$binary ($version) est utilisé" "using $binary ($version)"
}

exec 9>"$dir/.lock"
flock -n 9 || { say "un autre processus remplit $dir : attente" "another process is filling $dir: waiting for it"; flock 9; }

if [ -n "${VIGIE_ASTERISK:-}" ]; then
  why=$(use_installed "$VIGIE_ASTERISK") || die "VIGIE_ASTERISK: $why"
  exit 0
fi
if [ -s "$dir/home.json" ] && [ -x "$dir/asterisk" ] && new_enough "$(version_of "$dir/asterisk")"; then exit 0; fi
if installed=$(command -v asterisk); then
  why=$(use_installed "$installed") && exit 0
  say "$why : un autre est installé" "$why: unpacking another one"
fi

know_this_machine asterisk VIGIE_ASTERISK
suite=$codename
[ "$distribution" = ubuntu ] || suite=sid
state=$dir/apt log=$dir/apt.log
: >"$log"
say "pas encore d’Asterisk ici : installation dans $dir (190 Mo environ)" "no Asterisk here yet: putting one into $dir (about 190 MB)"
read_lists $suite "$log" || die "the package lists of $suite could not be read: see $log, check the network, or install Asterisk >= $oldest and set VIGIE_ASTERISK"
new_enough "$(offered asterisk)" || die "$distribution $suite offers Asterisk '$(offered asterisk)', and $oldest or newer is needed: install one and set VIGIE_ASTERISK"
rm -rf "$dir/root.new"
unpack "$dir/root.new" "$log" asterisk asterisk-modules asterisk-config asterisk-core-sounds-en-gsm asterisk-core-sounds-fr-wav ||
  die "downloading Asterisk failed: see the end of $log, check the network and the free space, and run this again"

# What the sound packages' installation would have linked; the music is our own.
data=usr/share/asterisk
ln -sfn "$(basename "$(first "$dir"/root.new/$data/sounds/en_*)")" "$dir/root.new/$data/sounds/en"
ln -sfn "$(basename "$(first "$dir"/root.new/$data/sounds/fr_*)")" "$dir/root.new/$data/sounds/fr"
mkdir -p "$dir/root.new/$data/moh"
rm -rf "$dir/root" "$state"
mv "$dir/root.new" "$dir/root"
launcher "$dir/asterisk" "$dir/root" usr/sbin/asterisk
version=$(version_of "$dir/asterisk")
[ -n "$version" ] || die "the unpacked Asterisk does not start: $("$dir/asterisk" -V 2>&1 | head -n1)"
modules=$(cd "$dir" && first root/usr/lib/*/asterisk/modules root/usr/lib/asterisk/modules)
home asterisk "$version" "$modules" root/$data
say "Asterisk $version est dans $dir" "Asterisk $version is in $dir"
