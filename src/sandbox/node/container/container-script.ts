import type { ContainerSpec } from './container-spec.ts';
import { shellQuote, shellWords } from './shell-quote.ts';
import { userArguments } from './user-arguments.ts';

/** Exit code of a container that could not be started, as container runtimes report it. */
export const START_ERROR_CODE = 128;

/**
 * The shell script that becomes a container's first process, to be run in new mount, PID and UTS namespaces. On file
 * descriptor 3 it says `pid N` (as the machine numbers it), then `ready`, or `error TEXT` and ends.
 *
 * The root is the machine's own, under an overlay whose upper layer is in memory and ends with the container: no image is
 * needed, and nothing the container writes outside its volumes stays. Where the kernel refuses an overlay of `/` (in a user
 * namespace, or when /usr is a mount of its own) the root is put together from its directories.
 *
 * The script stays as process 1, so that a shell loop without a handler ends at SIGTERM instead of at the end of the
 * grace period: the kernel hides signals from a first process that does not handle them.
 */
export function containerScript(spec: ContainerSpec): string {
  const binds = spec.mounts.map(({ source, target, readonly, recursive }) =>
    shellWords(['attach', source, target, readonly ? 'ro' : '', recursive ? '--rbind' : '--bind']),
  );
  const rooms = [
    ...spec.mounts.map(({ source, target }) => shellWords(['make_room', target, source])),
    shellWords(['make_room', spec.workingDir, '/']),
  ];
  const env = Object.entries(spec.env).map(([name, value]) => `${name}=${value}`);
  const [program = ''] = spec.command;
  return [
    preamble,
    `cd ${shellQuote(spec.rootDir)} || fail "no directory for the container's root"`,
    // Asked for by name below, where the directories of the root cannot be written.
    `make_all_room() { ${[...rooms, 'true'].join('; ')}; }`,
    root,
    `set_hostname ${shellQuote(spec.hostname)}`,
    ...binds,
    'umount -l /.machine && rmdir /.machine',
    `mkdir -p ${shellQuote(spec.workingDir)} && cd ${shellQuote(spec.workingDir)} || fail "no working directory"`,
    `PATH=${shellQuote(spec.env.PATH ?? '')}`,
    `is_program ${shellQuote(program)}`,
    'PATH=$PATH:/usr/sbin:/usr/bin:/sbin:/bin',
    `set -- ${shellWords(['env', '-i', ...env, ...userArguments(spec), ...spec.command])}`,
    run,
  ].join('\n');
}

const preamble = String.raw`
read -r pid _ </proc/self/stat
echo "pid $pid" >&3
fail() { echo "error $1" >&3; exit 128; }
PATH=$PATH:/usr/sbin:/usr/bin:/sbin:/bin

attach() { # source, target, ro or nothing, --bind or --rbind
  [ -e "/.machine$1" ] || fail "$1 is not there to be mounted at $2"
  if [ -d "/.machine$1" ]; then mkdir -p "$2"; else mkdir -p "\${2%/*}/" && { [ -e "$2" ] || : >"$2"; }; fi
  mount "$4" "/.machine$1" "$2" || fail "cannot mount $1 at $2"
  [ -z "$3" ] || mount -o remount,bind,ro "$2" || fail "cannot mount $1 read-only at $2"
}
set_hostname() {
  hostname "$1" 2>/dev/null || echo "$1" >/proc/sys/kernel/hostname
  { echo "$1" >/etc/hostname; printf '127.0.0.1\tlocalhost %s\n::1\tlocalhost\n' "$1" >/etc/hosts; } 2>/dev/null
}
is_program() {
  case $1 in
    */*) [ -f "$1" ] && [ -x "$1" ] || fail "exec: \"$1\": stat $1: no such file or directory" ;;
    *) command -v "$1" >/dev/null || fail "exec: \"$1\": executable file not found in \$PATH" ;;
  esac
}
`.replaceAll('\\${', '${');

/** Only what programs need is taken from the machine; its people's and services' directories are empty or absent. */
const root = String.raw`
mount -t tmpfs -o size=512m,mode=0755 container . || fail "cannot mount the container's root"
cd "$PWD" && mkdir upper work root
shared='bin sbin lib lib32 lib64 libx32 usr etc var opt nix gnu'
is_shared() { case " $shared " in *" $1 "*) ;; *) return 1 ;; esac }
whole_root() {
  for entry in /*; do is_shared "\${entry#/}" || mknod "upper/\${entry#/}" c 0 0 || return 1; done
  mount -t overlay -o lowerdir=/,upperdir=upper,workdir=work overlay root || return 1
  [ -x root/bin/sh ] && return 0
  umount root
  return 1
}
# In a user namespace the machine's directories belong to nobody there: what is to be mounted below them needs its mount
# point in the upper layer beforehand. A symbolic link on the way leads to where the container may write.
make_room() { # path in the container, what will be mounted there
  [ ! -e "$1" ] || return 0
  path= rest=\${1#/}
  while [ -n "$rest" ]; do
    path=$path/\${rest%%/*}
    [ ! -L "$path" ] || return 0
    case $rest in */*) rest=\${rest#*/} ;; *) rest= ;; esac
  done
  top=\${path#/} top=\${top%%/*}
  [ -d "layers/$top/upper" ] || return 0
  path=layers/$top/upper\${path#/"$top"}
  if [ -d "$2" ]; then mkdir -p "$path"; else mkdir -p "\${path%/*}" && : >"$path"; fi
}
by_directory() {
  rm -rf upper work
  mount --bind root root
  for name in $shared; do
    if [ -L "/$name" ]; then cp -P "/$name" root/; continue; fi
    [ -d "/$name" ] || continue
    mkdir -p "root/$name" "layers/$name/upper" "layers/$name/work"
  done
  make_all_room
  for name in $shared; do
    [ -d "layers/$name" ] || continue
    layers=lowerdir=/$name,upperdir=layers/$name/upper,workdir=layers/$name/work
    mount -t overlay -o "$layers,userxattr" overlay "root/$name" && continue
    mount --rbind "/$name" "root/$name" && mount -o remount,bind,ro "root/$name"
  done
}
{ whole_root || by_directory; } 2>/dev/null
cd root || fail "cannot build the container's root"
mkdir -p proc sys dev .machine home root tmp run mnt media srv
chmod 1777 tmp
pivot_root . .machine || fail "cannot enter the container's root"
cd /
mount -t proc proc /proc 2>/dev/null || mount --rbind /.machine/proc /proc || fail "cannot mount /proc"
{ mount --bind /.machine/sys /sys || mount --rbind /.machine/sys /sys; } 2>/dev/null && mount -o remount,bind,ro /sys 2>/dev/null
mount -t tmpfs -o size=64k,mode=0755 tmpfs /dev || fail "cannot mount /dev"
for name in null zero full random urandom tty; do : >"/dev/$name" && mount --bind "/.machine/dev/$name" "/dev/$name"; done
mkdir /dev/pts /dev/shm
mount --rbind /.machine/dev/pts /dev/pts
mount -t tmpfs -o size=64m,mode=1777 shm /dev/shm
ln -s pts/ptmx /dev/ptmx
ln -s /proc/self/fd /dev/fd
for name in stdin:0 stdout:1 stderr:2; do ln -s "/proc/self/fd/\${name#*:}" "/dev/\${name%:*}"; done
`.replaceAll('\\${', '${');

const run = `
# Set before anybody is told that there is something to stop.
child= stopped=
trap 'stopped=yes; [ -z "$child" ] || kill -TERM "$child" 2>/dev/null' TERM
echo ready >&3
exec 3>&- 4<&0
"$@" <&4 4<&- &
child=$!
exec 4<&-
[ -z "$stopped" ] || kill -TERM "$child" 2>/dev/null
while :; do
  wait "$child"
  status=$?
  kill -0 "$child" 2>/dev/null || exit "$status"
done
`;
