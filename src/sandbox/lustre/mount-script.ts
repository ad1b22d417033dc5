/**
 * A mount(8) for sandboxes, as a POSIX shell script: `-t lustre` becomes a bind of an overlay whose source is the one that was
 * asked for, so that df and mountinfo show what they would show on a real client. All else goes to the real mount.
 *
 * Two overlay mounts of one directory do not see each other's new files (each keeps its own dentries), therefore every
 * (file system, sub-directory) has one hidden base mount, and what a caller gets is a bind of that.
 *
 * `data/` of a file system may be on a file system that cannot be an overlay's upper layer (another overlay, NFS): then its
 * files live in memory. A kernel that refuses overlays altogether gets a tmpfs with the same source.
 */
export function mountScript(paths: { readonly stateDir: string; readonly realMount: string }): string {
  return `#!/bin/sh
state=${quote(paths.stateDir)}
real=${quote(paths.realMount)}
${script}`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** Exit codes and texts are those of mount.lustre 2.17, which ends with errno values instead of mount(8)'s codes. */
const script = String.raw`faults=$state/lustre-faults
mounts=$state/lustre-mounts

type= options= source= target= want=
for argument do
  case $want in
    type) type=$argument want=; continue ;;
    options) options=$options,$argument want=; continue ;;
  esac
  case $argument in
    -t | --types) want=type ;;
    -t*) type=\${argument#-t} ;;
    --types=*) type=\${argument#*=} ;;
    -o | --options) want=options ;;
    -o*) options=$options,\${argument#-o} ;;
    --options=*) options=$options,\${argument#*=} ;;
    -r | --read-only) options=$options,ro ;;
    -*) ;;
    *) if [ -z "$source" ]; then source=$argument; else target=$argument; fi ;;
  esac
done
[ "$type" = lustre ] || exec "$real" "$@"

fail() { # errno, its text, what to check
  printf 'mount.lustre: mount %s at %s failed: %s\n%s\n' "$source" "$target" "$2" "$3" >&2
  exit "$1"
}
missing() {
  fail 2 'No such file or directory' 'Is the MGS specification correct?
Is the filesystem name correct?
If upgrading, is the copied client log valid? (see upgrade docs)'
}
invalid() {
  fail 22 'Invalid argument' 'This may have multiple causes.
Is '"'lustrefs'"' the correct filesystem name?
Are the mount options correct?
Check the syslog for more info.'
}

hangs() { # all file systems, or those whose MGS is named
  [ -e "$faults/hang" ] || return 1
  [ ! -s "$faults/hang" ] || grep -qxF "\${source%%@*}" "$faults/hang" 2>/dev/null
}

# The real helper outlives the mount(8) that started it, stuck in the kernel, and may mount late.
if hangs; then
  if [ -z "$BERTH_STUCK_MOUNT" ]; then
    BERTH_STUCK_MOUNT=1 setsid "$0" "$@" &
    wait $!
    exit
  fi
  trap '' TERM INT HUP
  cd /
  while hangs; do sleep 0.05; done
fi
if [ -e "$faults/delay" ]; then
  read -r seconds <"$faults/delay"
  sleep "$seconds"
fi
if [ -e "$faults/fail" ]; then
  { read -r code; read -r reason; } <"$faults/fail"
  fail "\${code:-5}" "\${reason:-Input/output error}" 'Is the MGS running?'
fi

# A comma within quotes belongs to the value, as mount(8) reads it: context="system_u:object_r:nfs_t:s0:c1,c2".
option= open= rest=$options,
next_option() { # false at the end
  option=
  while [ -n "$rest" ]; do
    option=$option\${open:+,}\${rest%%,*} rest=\${rest#*,} open=$option
    while case $open in *\"*\"*) ;; *) false ;; esac; do open=\${open#*\"} open=\${open#*\"}; done
    case $open in *\"*) open=yes ;; *) open= && return 0 ;; esac
  done
  [ -z "$open" ] || invalid
  return 1
}

flags= readonly= remount=
while next_option; do
  case $option in
    ro) readonly=,ro ;;
    rw) readonly= ;;
    remount) remount=yes ;;
    nosuid | nodev | noexec | noatime | nodiratime | relatime | strictatime) flags=$flags,$option ;;
    '' | defaults | suid | dev | exec | atime | async | auto | noauto | user | users | nouser | _netdev | nofail | x-*) ;;
    flock | noflock | localflock | lazystatfs | nolazystatfs | user_xattr | nouser_xattr | acl | noacl) ;;
    user_fid2path | nouser_fid2path | checksum | nochecksum | lruresize | nolruresize | verbose | noverbose) ;;
    encrypt | noencrypt | statfs_project | nostatfs_project | always_ping | 32bitapi | unique_fsid | nolock) ;;
    retry=* | context=* | fscontext=* | defcontext=* | rootcontext=* | skpath=* | network=* | device=*) ;;
    *) invalid ;;
  esac
done
flags=$flags$readonly

case $source in *:/*) ;; *) invalid ;; esac
if ! [ -d "$target" ]; then
  printf 'mount: %s: mount point does not exist.\n' "$target" >&2
  exit 32
fi
if [ -n "$remount" ]; then exec "$real" -o "remount,bind$flags" "$target"; fi
if grep -qF "$source $target " /proc/self/mounts; then
  printf 'mount.lustre: according to /etc/mtab %s is already mounted on %s\n' "$source" "$target" >&2
  exit 17
fi

path=\${source#*:/}
case $path in lustrefs | lustrefs/*) ;; *) missing ;; esac
sub=\${path#lustrefs}
sub=\${sub%/}
case $sub/ in */../* | */./* | */.mount/*) missing ;; esac

# More than one NID: the first that serves the file system.
address=
IFS=:,
for nid in \${source%%:/*}; do
  case \${nid%@*} in '' | *[!0-9.]*) continue ;; esac
  if [ -z "$address" ] && [ -d "$state/lustre/\${nid%@*}/data" ]; then address=\${nid%@*}; fi
done
IFS=' '
[ -n "$address" ] || missing
data=$(cd -P "$state/lustre/$address/data" && pwd) || missing

# A file system that was removed and made again at the same address must not meet its predecessor's mounts.
set -- $(stat -c '%i %w' "$data")
scratch=$mounts/$address-$1-$2-$3
mkdir -p "$scratch"
exec 9>"$scratch/.lock"
flock 9

xattrs=
read -r _ outside count </proc/self/uid_map
[ "$outside $count" = '0 4294967295' ] || xattrs=,userxattr

say_once() {
  [ -e "$mounts/.said" ] || printf 'berth sandbox: %s\n' "$1" >&2
  : >"$mounts/.said"
}
choose() { # where the files are, and where the base mounts belong to
  if [ -e "$scratch/.tmpfs-only" ]; then data=$scratch/.mount/base; fi
  if [ -e "$scratch/.memory/data" ]; then data=$scratch/.memory/data scratch=$scratch/.memory; fi
}
overlay() { # upper directory, directory of the base mount
  [ -e "$2/base/.not-mounted" ] || [ ! -d "$2/base" ] || return 0
  mkdir -p "$2/base" "$2/work" "$2/empty" && : >"$2/base/.not-mounted" && ln -sfn "$1" "$2/upper" &&
    (cd "$2" && "$real" -t overlay -o "lowerdir=empty,upperdir=upper,workdir=work$xattrs" "$source" base 9>&-)
}
tmpfs() { # directory of the base mount
  [ -e "$1/base/.not-mounted" ] || return 0
  : >"$scratch/.tmpfs-only"
  "$real" -t tmpfs -o mode=0755 "$source" "$1/base" 9>&-
}

choose
upper=$(cd -P "$data$sub" 2>/dev/null && pwd) || missing
case $upper/ in "$data"/*) ;; *) missing ;; esac
if [ -e "$scratch/.tmpfs-only" ]; then
  [ -d "$scratch$sub/.mount/base" ] || { mkdir -p "$scratch$sub/.mount/base" && : >"$scratch$sub/.mount/base/.not-mounted"; }
  tmpfs "$scratch$sub/.mount" || exit 32
elif ! overlay "$upper" "$scratch$sub/.mount" 2>"$scratch/.error"; then
  mkdir -p "$scratch/.memory"
  if [ -z "$sub" ] && "$real" -t tmpfs -o mode=0755 berth-sandbox "$scratch/.memory" 9>&- &&
    mkdir "$scratch/.memory/data" && overlay "$scratch/.memory/data" "$scratch/.memory/.mount" 2>/dev/null; then
    say_once "$data cannot be an overlay's upper layer; the files of this file system are kept in memory"
    scratch=$scratch/.memory
  else
    "$real" --make-private "$scratch/.memory" 2>/dev/null && umount -l "$scratch/.memory"
    tmpfs "$scratch$sub/.mount" || { cat "$scratch/.error" >&2; exit 32; }
    say_once 'this kernel refuses overlay mounts; the files of simulated file systems are kept in memory'
  fi
fi
exec 9>&-

base=$scratch$sub/.mount/base
# A flag that a mount is given later does not follow it to where it has propagated. A node plugin's container names a
# directory of its own where it stands aside until it has its flags; from below a shared mount nothing can be moved.
if [ -n "$flags" ] && [ -n "$BERTH_MOUNT_ASIDE" ]; then
  aside=$BERTH_MOUNT_ASIDE/lustre.$$
  mkdir "$aside" && "$real" --bind "$base" "$aside" && "$real" -o "remount,bind$flags" "$aside" &&
    "$real" --no-mtab --move "$aside" "$target"
  code=$?
  [ "$code" = 0 ] || umount "$aside"
  rmdir "$aside"
  [ "$code" = 0 ] || exit 32
  exit
fi
"$real" --bind "$base" "$target" || exit 32
if [ -n "$flags" ] && ! "$real" -o "remount,bind$flags" "$target"; then
  umount "$target"
  exit 32
fi
`.replaceAll('\\${', '${'); // String.raw keeps the backslash that hides a shell's braces from JavaScript.
