#!/bin/sh
# get-tools.sh [TOOL...]: espeak-ng (speaks the prompts) and, for the tests, sipp (calls as a stranger's telephone would), systemd-analyze
# (judges the units) and chromium (opens the pages) in .tools, without root. Takes VIGIE_ESPEAK, VIGIE_SIPP, VIGIE_SYSTEMD_ANALYZE and
# VIGIE_CHROMIUM, or what is on PATH, else unpacks this system's own packages.
set -eu
. "$(dirname "$0")/packages.sh"
checkout=$(cd "$(dirname "$0")/.." && pwd)
tools=${VIGIE_TOOLS:-$checkout/.tools}
mkdir -p "$tools"
tools=$(cd "$tools" && pwd)

exec 9>"$tools/.lock"
flock -n 9 || { say "un autre processus remplit $tools : attente" "another process is filling $tools: waiting for it"; flock 9; }

# get NAME PACKAGES PROGRAM-IN-ROOT VARIABLE VERSION-OPTION VERSION-PATTERN [SETTING=GLOB-IN-ROOT]
get() {
  name=$1 package=$2 program=$3 variable=$4 option=$5 says=$6 setting=${7:-}
  # What it says of itself counts: a loader that misses a library names the program too, and sipp -v exits with 99.
  runs() { "$1" "$option" </dev/null 2>/dev/null | grep -q "$says"; }
  named=$(eval "echo \"\${$variable:-}\"")
  [ -z "$named" ] || runs "$named" || die "$variable=$named does not run: name a working $name, or unset $variable"
  if [ -z "$named" ] && [ -x "$tools/$name" ] && runs "$tools/$name"; then return; fi
  [ -n "$named" ] || named=$(command -v "$name" || true)
  if [ -n "$named" ] && runs "$named"; then
    printf '#!/bin/sh\nexec "%s" "$@"\n' "$named" >"$tools/$name"
    chmod +x "$tools/$name"
    say "$name : $named est utilisé" "$name: using $named"
    return
  fi
  know_this_machine "$name" "$variable"
  state=$tools/apt log=$tools/apt.log root=$tools/$name.root
  say "pas encore de $name ici : installation dans $tools" "no $name here yet: putting one into $tools"
  [ -s "$state/sources.list" ] || read_lists "$codename" "$log" ||
    die "the package lists of $codename could not be read: see $log, check the network, or install $name and set $variable"
  rm -rf "$root"
  unpack "$root" "$log" $package || die "downloading $package failed: see the end of $log, check the network and the free space, and run this again"
  [ -z "$setting" ] || setting=${setting%%=*}=$(cd "$root" && echo ${setting#*=})
  case $name in
    chromium) self_starting_launcher "$tools/$name" "$root" "$program" "$setting" ;;
    *) launcher "$tools/$name" "$root" "$program" ${setting:+"$setting"} ;;
  esac
  runs "$tools/$name" || die "the unpacked $name does not run: $("$tools/$name" "$option" 2>&1 | head -n1)"
  say "$name est dans $tools" "$name is in $tools"
}

rm -rf "$tools/apt"
[ $# -gt 0 ] || set -- espeak-ng sipp systemd-analyze chromium
for tool in "$@"; do
  case $tool in
    espeak-ng) get espeak-ng espeak-ng usr/bin/espeak-ng VIGIE_ESPEAK --version '^eSpeak NG .*[0-9]' 'ESPEAK_DATA_PATH=usr/lib/*/espeak-ng-data' ;;
    sipp) get sipp sip-tester usr/bin/sipp VIGIE_SIPP -v 'SIPp v[0-9]' ;;
    systemd-analyze) get systemd-analyze systemd usr/bin/systemd-analyze VIGIE_SYSTEMD_ANALYZE --version '^systemd [0-9]' ;;
    # Without a font pages have no letters; FONTCONFIG_SYSROOT says where this one is.
    chromium) get chromium 'chromium fonts-dejavu-core' usr/lib/chromium/chromium VIGIE_CHROMIUM --version '^Chromium [0-9]' FONTCONFIG_SYSROOT=. ;;
    *) die "no tool is called '$tool': espeak-ng, sipp, systemd-analyze and chromium are known" ;;
  esac
done
rm -rf "$tools/apt"
