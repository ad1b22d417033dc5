/**
 * A mount(8) for sandboxes, as a POSIX shell script: what is NFS goes to `mount-main.ts`, all else to the next mount(8).
 */
export function mountScript(paths: {
  readonly next: string;
  /** Command line of the program, to which mount's arguments are added. */
  readonly program: readonly string[];
}): string {
  const quote = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
  return `#!/bin/sh
type= want=
for argument do
  if [ "$want" = type ]; then type=$argument want=; continue; fi
  case $argument in
    -t | --types) want=type ;;
    -t*) type=\${argument#-t} ;;
    --types=*) type=\${argument#*=} ;;
  esac
done
case $type in
  nfs | nfs4 | efs) exec ${paths.program.map(quote).join(' ')} "$@" ;;
  *) exec ${quote(paths.next)} "$@" ;;
esac
`;
}
