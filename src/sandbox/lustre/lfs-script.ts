import { shellQuote } from '../node/container/shell-quote.ts';

/**
 * An lfs(1) for sandboxes, as a POSIX shell script: the project quotas of a simulated file system are written down beside
 * its data, and `lfs quota` says what their directories hold. Nothing is enforced: the files are the host's.
 */
export function lfsScript(paths: { readonly stateDir: string }): string {
  return `#!/bin/sh
state=${shellQuote(paths.stateDir)}
${projects}
${lfs}`;
}

/**
 * A stat(1) for the node plugin of a sandbox: of a claim's directory with a quota, `stat -f` tells the quota's size, as
 * Lustre itself does (statfs_project). All else goes to the real one.
 */
export function statScript(paths: { readonly stateDir: string; readonly realStat: string }): string {
  return `#!/bin/sh
state=${shellQuote(paths.stateDir)}
real=${shellQuote(paths.realStat)}
${projects}
${stat}`;
}

/** String.raw keeps the backslash that hides a shell's braces from JavaScript. */
const shell = (strings: TemplateStringsArray) => String.raw(strings).replaceAll('\\${', '${');

/** Sets `projects` to where the file system at a path keeps its quotas, and `inside` to the path on the file system. */
const projects = shell`locate() {
  { read -r _; read -r source mounted; } <<END
$(df --output=source,target "$1" 2>/dev/null)
END
  address=\${source%%@*} sub=\${source#*:/lustrefs}
  projects=$state/lustre/$address/projects
  here=$(cd -P "$1" 2>/dev/null && pwd)
  inside=$sub\${here#"$mounted"}
  case $source in *@*:/lustrefs*) [ -d "$state/lustre/$address/data" ] ;; *) false ;; esac
}
used() { # project: kilobytes and files
  kilobytes=0 files=0
  [ -e "$projects/$1/directory" ] || return 0
  read -r directory <"$projects/$1/directory"
  tree=$state/lustre/$address/data$directory
  [ -d "$tree" ] || return 0
  kilobytes=$(du -sk "$tree" | cut -f1)
  files=$(find "$tree" | wc -l)
}
limit() { # project
  limit=0
  if [ -e "$projects/$1/limit" ]; then read -r limit <"$projects/$1/limit"; fi
}`;

const lfs = shell`command=$1
[ $# -gt 0 ] && shift
id= size= target= set= list=
while [ $# -gt 0 ]; do
  case $1 in
    -p) id=$2; shift ;;
    -B) size=$2; shift ;;
    -s) set=yes ;;
    -d) list=yes ;;
    -r | -q | -h) ;;
    -*) printf 'lfs %s: unrecognized option %s in a sandbox\n' "$command" "$1" >&2; exit 22 ;;
    *) target=$1 ;;
  esac
  shift
done
if ! locate "$target"; then
  printf "lfs %s: '%s' is not on a mounted Lustre filesystem\n" "$command" "$target" >&2
  exit 2
fi
if [ "$command" = project ] && [ -n "$list" ]; then
  for one in "$projects"/*/directory; do
    [ -e "$one" ] && [ "$(cat "$one")" = "$inside" ] && id=$(basename "$(dirname "$one")")
  done
  printf '%5s P %s\n' "\${id:-0}" "$target"
  exit
fi
case $id in '' | *[!0-9]*) printf 'lfs %s: bad project id\n' "$command" >&2; exit 22 ;; esac
case $command in
  project) [ -n "$set" ] && mkdir -p "$projects/$id" && printf '%s\n' "$inside" >"$projects/$id/directory" ;;
  setquota)
    case $size in
      *[Kk]) kilobytes=\${size%?} ;;
      *[Mm]) kilobytes=$((\${size%?} * 1024)) ;;
      *[Gg]) kilobytes=$((\${size%?} * 1048576)) ;;
      *) kilobytes=$size ;;
    esac
    mkdir -p "$projects/$id" && printf '%s\n' "$kilobytes" >"$projects/$id/limit"
    [ "$kilobytes" != 0 ] || rm -r "\${projects:?}/$id" ;;
  quota)
    used "$id"; limit "$id"
    printf '%15s %7s %7s %7s %7s %7s %7s %7s %7s\n' "$target" "$kilobytes" 0 "$limit" - "$files" 0 0 - ;;
  *) printf 'lfs %s: not offered in a sandbox\n' "$command" >&2; exit 38 ;;
esac
`;

const stat = shell`path=
for path do :; done
if [ "$1 $2 $3" = '-f -c %S %b %f %a %c %d' ] && locate "$path"; then
  for one in "$projects"/*; do
    [ -e "$one/directory" ] && [ "$(cat "$one/directory")" = "$inside" ] || continue
    used "\${one##*/}"; limit "\${one##*/}"
    [ "$limit" -gt 0 ] || break
    free=$((limit > kilobytes ? limit - kilobytes : 0))
    exec printf '1024 %s %s %s %s\n' "$limit" "$free" "$free" "$("$real" -f -c '%c %d' -- "$path")"
  done
fi
exec "$real" "$@"
`;
