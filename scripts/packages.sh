# Sourced, not run. Puts programs of a Debian or Ubuntu archive into a folder, with all their libraries, without root.
# Knows apt and dpkg; names no host: the archive is the one this machine's own apt uses, and apt checks its signatures.

started=$(date +%s)
# say FRENCH ENGLISH: progress, in one language.
say() {
  case ${LC_ALL:-${LC_MESSAGES:-${LANG:-}}} in en*) shift ;; esac
  printf '  %3d s  %s\n' $(($(date +%s) - started)) "$1" >&2
}
die() { printf '%s: %s\n' "$(basename "$0")" "$*" >&2; exit 1; }

# Runs a slow command, its output in the log, with a line every three seconds saying how far FOLDER has grown.
# slowly FOLDER LOG COMMAND...
slowly() {
  grows=$1 log=$2
  shift 2
  "$@" >>"$log" 2>&1 &
  job=$!
  waited=0
  while kill -0 "$job" 2>/dev/null; do
    sleep 0.2
    waited=$((waited + 1))
    [ $((waited % 15)) -ne 0 ] || say "… $(du -sm "$grows" 2>/dev/null | cut -f1) Mo" "… $(du -sm "$grows" 2>/dev/null | cut -f1) MB so far"
  done
  wait "$job"
}

# Fills: distribution (debian|ubuntu), codename, keyring. Mint, Raspbian and the like count as what they are made from.
know_this_machine() {
  command -v apt-get >/dev/null && command -v dpkg >/dev/null ||
    die "this machine has no apt: install $1 yourself and name it with $2=/path/to/$1"
  distribution=$(. /etc/os-release && case " $ID ${ID_LIKE:-} " in *" ubuntu "*) echo ubuntu ;; *) echo debian ;; esac)
  codename=$(. /etc/os-release && echo "${UBUNTU_CODENAME:-${VERSION_CODENAME:-sid}}")
  keyring=/usr/share/keyrings/$distribution-archive-keyring.gpg
  [ -r "$keyring" ] || die "no keyring at $keyring: install the package $distribution-archive-keyring"
}

# apt with a state of its own below $state. Its dpkg status is empty, so that a download holds every library too.
# The machine's apt.conf (proxy, dates) still counts.
private_apt() {
  program=$1
  shift
  "$program" -q -o Dir::State="$state" -o Dir::State::status="$state/status" -o Dir::State::lists="$state/lists" \
    -o Dir::Cache="$state/cache" -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= -o Debug::NoLocking=true \
    -o APT::Install-Recommends=false -o APT::Sandbox::User="$(id -un)" -o Acquire::Retries=3 -o Acquire::Languages=none \
    -o APT::Get::AllowUnauthenticated=false -o Acquire::AllowInsecureRepositories=false "$@"
}
private_suite_apt() {
  program=$1
  shift
  private_apt "$program" -o Dir::Etc::sourcelist="$state/sources.list" -o Dir::Etc::sourceparts=/dev/null \
    -o Dir::Etc::preferences=/dev/null -o Dir::Etc::preferencesparts=/dev/null "$@"
}

# The archive that holds this machine's own `main`.
own_archive() {
  "$@" apt-get indextargets --format '$(CREATED_BY) $(COMPONENT) $(RELEASE) $(REPO_URI)' 2>/dev/null |
    awk -v name="/$distribution" '$1 == "Packages" && $2 == "main" && $3 !~ /-(security|updates|backports|proposed)/ &&
      (index($4, name "/") || index($4, name "-ports/") || $4 ~ /^mirror/) { print $4; exit }'
}

# Reads the package lists of a suite into $state. read_lists SUITE LOG
read_lists() {
  mkdir -p "$state/lists/partial" "$state/cache/archives/partial"
  : >"$state/status"
  archive=$(own_archive env)
  if [ -z "$archive" ]; then
    say "lecture des listes de paquets de cette machine" "reading this machine's package lists"
    slowly "$state" "$2" private_apt apt-get update || true
    archive=$(own_archive private_apt)
  fi
  [ -n "$archive" ] || die "no $distribution archive among this machine's apt sources: add one in /etc/apt/sources.list.d"
  parts=main
  [ "$distribution" = debian ] || parts='main universe'
  echo "deb [signed-by=$keyring] $archive $1 $parts" >"$state/sources.list"
  say "lecture des listes de paquets de $distribution $1" "reading the package lists of $distribution $1"
  slowly "$state" "$2" private_suite_apt apt-get -o APT::Update::Error-Mode=any update
}

# The version a suite offers, without its epoch. offered PACKAGE
offered() { private_suite_apt apt-cache policy "$1" | sed -n 's/^ *Candidate: \([0-9]*:\)\{0,1\}//p'; }

# Downloads packages with all they need, and unpacks them into FOLDER. unpack FOLDER LOG PACKAGE...
unpack() {
  into=$1 log=$2
  shift 2
  rm -f "$state"/cache/archives/*.deb
  say "téléchargement de $*" "downloading $*"
  slowly "$state/cache" "$log" private_suite_apt apt-get install --download-only -y "$@" || return 1
  count=$(find "$state/cache/archives" -name '*.deb' | wc -l)
  say "dépaquetage de $count paquets" "unpacking $count packages"
  mkdir -p "$into"
  for package in "$state"/cache/archives/*.deb; do
    case ${package##*/} in # needed by installation only, never by a program that runs
      perl* | libperl* | debconf* | adduser_* | passwd_* | login* | gnupg* | gpg* | dirmngr* | pinentry* | pci.ids* | libc-gconv*) ;;
      *) dpkg -x "$package" "$into" || return 1 ;;
    esac
  done
  for bulk in doc man locale info lintian bug doc-base; do rm -rf "$into/usr/share/$bulk"; done
}

# The folders of a root that hold libraries, relative to it: those of one package alone (pulseaudio/libpulsecommon-16.1.so)
# too, which an installed program would find by a path that is wrong here.
libraries() { (cd "$1" && find lib usr/lib -maxdepth 3 -name 'lib*.so*' ! -path '*/asterisk/*' -printf '%h\n' 2>/dev/null | sort -u); }

# Writes a launcher that starts a program by the unpacked loader with the unpacked libraries, wherever the folder is moved.
# launcher FILE ROOT PROGRAM [NAME=VALUE-RELATIVE-TO-ROOT...]
launcher() {
  file=$1 root=$2 program=$3
  shift 3
  loader=$(cd "$root" && find lib usr/lib lib64 -maxdepth 2 -name 'ld-linux*.so.*' 2>/dev/null | head -n1)
  [ -n "$loader" ] && [ -e "$root/$program" ] || die "$root does not hold $program: remove the folder and try again"
  {
    echo '#!/bin/sh'
    echo "root=\$(dirname \"\$(readlink -f \"\$0\")\")/$(basename "$root")"
    for setting in "$@"; do echo "export ${setting%%=*}=\"\$root/${setting#*=}\""; done
    printf 'exec "$root/%s" --library-path "%s" "$root/%s" "$@"\n' "$loader" \
      "$(libraries "$root" | sed 's|^|$root/|' | paste -sd: -)" "$program"
  } >"$file"
  chmod +x "$file"
}

# Writes a launcher for a program that starts copies of itself (a browser), which the unpacked loader cannot do for it: the machine's
# own loader runs it, with the unpacked libraries first. The packages must be those of the machine's own suite.
# self_starting_launcher FILE ROOT PROGRAM [NAME=VALUE-RELATIVE-TO-ROOT...]
self_starting_launcher() {
  file=$1 root=$2 program=$3
  shift 3
  [ -e "$root/$program" ] || die "$root does not hold $program: remove the folder and try again"
  {
    echo '#!/bin/sh'
    echo "root=\$(dirname \"\$(readlink -f \"\$0\")\")/$(basename "$root")"
    for setting in "$@"; do echo "export ${setting%%=*}=\"\$root/${setting#*=}\""; done
    echo "export LD_LIBRARY_PATH=\"$(libraries "$root" | grep -v gconv | sed 's|^|$root/|' | paste -sd: -)\""
    printf 'exec "$root/%s" "$@"\n' "$program"
  } >"$file"
  chmod +x "$file"
}
