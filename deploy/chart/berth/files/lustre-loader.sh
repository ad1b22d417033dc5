#!/bin/sh
# Loads the Lustre client of this node's kernel, keeps LNet on all of its network interfaces, and puts the client's
# programs where the node plugin finds them. Runs in an image of the node's own operating system.
#
#   HOST_OS                 ID:VERSION_ID of the nodes this image is for, separated by spaces
#   LUSTRE_CLIENT_VERSION   version of the package amlfs-lustre-client
#   LUSTRE_PACKAGES         where the packages and their key are
#   LNET_RECONCILE_SECONDS  time between two looks at the network interfaces
#   LOADER_ROOT             for tests: a directory in place of /
set -eu

root=${LOADER_ROOT:-}
client=$root/lustre

say() { echo "lustre-loader: $*" >&2; }
fail() { say "$*"; exit 1; }

# Prints ID:VERSION_ID of an os-release file, in a shell of its own so that its variables stay there.
os_of() (. "$1" && echo "$ID:$VERSION_ID")

check_host() {
  host=$(os_of "$root/etc/host-os-release")
  case " $HOST_OS " in
    *" $host "*) ;;
    *) fail "Incompatible host OS detected: $host, expected: $HOST_OS" ;;
  esac
}

install_with_apt() {
  case $(uname -m) in
    x86_64) arch=amd64 ;;
    aarch64) arch=arm64 ;;
    *) fail "no Lustre client is published for $(uname -m)" ;;
  esac
  codename=$(. "$root/etc/os-release" && echo "$VERSION_CODENAME")
  key=$root/etc/apt/keyrings/amlfs.asc
  export DEBIAN_FRONTEND=noninteractive
  apt-get update &&
    apt-get install -y --no-install-recommends ca-certificates curl iproute2 kmod &&
    mkdir -p "$root/etc/apt/keyrings" "$root/etc/apt/sources.list.d" &&
    curl -fsSL "$LUSTRE_PACKAGES/keys/microsoft.asc" -o "$key" &&
    echo "deb [arch=$arch signed-by=$key] $LUSTRE_PACKAGES/repos/amlfs-$codename/ $codename main" \
      >"$root/etc/apt/sources.list.d/amlfs.list" &&
    apt-get update &&
    apt-get install -y --no-install-recommends "amlfs-lustre-client-$LUSTRE_CLIENT_VERSION=$(uname -r)"
}

# Package versions of RPM hold neither hyphens nor the architecture.
install_with_tdnf() {
  machine=$(uname -m)
  [ "$machine" = x86_64 ] || fail "no Lustre client is published for Azure Linux on $machine"
  kernel=$(uname -r | sed "s/\.$machine\$//; s/[-_]/./g")
  mkdir -p "$root/etc/yum.repos.d"
  cat >"$root/etc/yum.repos.d/amlfs.repo" <<REPO
[amlfs]
name=Azure Managed Lustre client
baseurl=$LUSTRE_PACKAGES/yumrepos/amlfs-al3
enabled=1
gpgcheck=1
gpgkey=$LUSTRE_PACKAGES/keys/microsoft.asc
REPO
  tdnf install -y ca-certificates iproute kmod &&
    tdnf install -y "amlfs-lustre-client-$(echo "$LUSTRE_CLIENT_VERSION" | tr - _)-$kernel-1"
}

install_client() {
  if command -v apt-get >/dev/null; then install_with_apt; else install_with_tdnf; fi
}

# A half-installed client of an earlier attempt would fail the next one.
clean_up() {
  lustre_rmmod >&2 2>&1 || true
  if command -v apt-get >/dev/null; then
    apt-get purge -y '*lustre-client*' >&2 || true
  else
    tdnf remove -y '*lustre-client*' >&2 || true
  fi
}

install_patiently() {
  pause=15
  for attempt in 1 2 3; do
    if install_client >&2; then return 0; fi
    say "attempt $attempt of 3 to install the Lustre client $LUSTRE_CLIENT_VERSION for kernel $(uname -r) failed"
    [ "$attempt" = 3 ] && break
    clean_up
    sleep "$pause"
    pause=$((pause * 2))
  done
  fail "Error: Could not install necessary Lustre drivers for: $(uname -r). Is there a package for this kernel, and can the node reach $LUSTRE_PACKAGES?"
}

# Ethernet devices with a route, without the slaves of a bond, ends of other namespaces, and those without a carrier.
network_interfaces() {
  for device in $(ip -o route show | sed -n 's/.* dev \([^ ]*\).*/\1/p' | sort -u); do
    facts=$(ip -o -d link show dev "$device" 2>/dev/null) || continue
    case $facts in *SLAVE* | *link-netns* | *"state UNKNOWN"*) continue ;; esac
    case $facts in *link/ether*) echo "$device" ;; esac
  done
}

lnet_interfaces() {
  lnetctl net show --net tcp 2>/dev/null | sed -n 's/^ *[0-9][0-9]*: *\([^ ]*\).*/\1/p'
}

# Adds what LNet lacks and takes nothing away: a volume may be mounted over it.
reconcile_lnet() {
  have=$(lnet_interfaces)
  if [ -z "$have" ] && lnetctl net show --net tcp 2>/dev/null | grep -q 'net type: tcp'; then
    lnetctl net del --net tcp || say 'cannot remove the tcp net that has no interface'
  fi
  for device in $(network_interfaces); do
    echo "$have" | grep -qxF "$device" && continue
    if lnetctl net add --net tcp --if "$device"; then
      say "LNet uses $device"
    else
      say "cannot add $device to LNet"
    fi
  done
  [ -n "$(lnet_interfaces)" ]
}

load_modules() {
  modprobe lnet
  modprobe ksocklnd skip_mr_route_setup=1
  lnetctl lnet configure
  reconcile_lnet || fail 'no network interface for LNet: none is Ethernet, up, and in the routing table'
  modprobe mgc
  modprobe lustre
  warn_of_other_version
}

# Modules that volumes use stay loaded when a new version is installed.
warn_of_other_version() {
  resident=$(cat "$root/sys/module/lustre/version" 2>/dev/null) || return 0
  installed=$(modinfo -F version lustre 2>/dev/null) || return 0
  [ "$resident" = "$installed" ] ||
    say "the kernel holds Lustre $resident and $installed is installed: it takes effect when the node is started anew"
}

# Copies a program with its libraries and a script that starts it with them: the node plugin's image has another libc.
hand_over() {
  program=$(command -v "$1") || return 1
  cp -L "$program" "$client/.new/bin/$1"
  linker=
  for library in $(ldd "$program" | sed -n 's/.*=> \(\/[^ ]*\).*/\1/p; s/^[[:space:]]*\(\/[^ ]*\) (.*/\1/p'); do
    cp -L "$library" "$client/.new/lib/"
    case $library in */ld-linux*) linker=${library##*/} ;; esac
  done
  printf '#!/bin/sh\nexec /lustre/lib/%s --library-path /lustre/lib /lustre/bin/%s "$@"\n' "$linker" "$1" \
    >"$client/.new/sbin/$1"
  chmod 755 "$client/.new/sbin/$1"
}

# By rename, since a mount may be using the ones of before.
hand_over_programs() {
  rm -rf "$client/.new"
  mkdir -p "$client/bin" "$client/lib" "$client/sbin" "$client/.new/bin" "$client/.new/lib" "$client/.new/sbin"
  hand_over mount.lustre || fail 'the package has no mount.lustre'
  for name in lctl lnetctl lfs; do
    hand_over "$name" || say "the package has no $name"
  done
  for part in lib bin sbin; do mv -f "$client/.new/$part"/* "$client/$part/"; done
  rm -rf "$client/.new"
}

stop() {
  rm -f "$client/ready"
  timeout 15 lustre_rmmod >&2 2>&1 || say 'the Lustre modules stay loaded: volumes are mounted'
  exit 0
}

# The first process of a container ignores every signal that it has no trap for.
trap 'exit 0' TERM INT
# A loader that was killed may have left it.
rm -f "$client/ready"
check_host
install_patiently
load_modules
hand_over_programs
trap stop TERM INT
: >"$client/ready"
say "Lustre client $LUSTRE_CLIENT_VERSION is loaded"
while :; do
  # wait returns at once on a signal, sleep alone would not.
  sleep "$LNET_RECONCILE_SECONDS" &
  wait $! || true
  reconcile_lnet || say 'LNet has no network interface'
done
