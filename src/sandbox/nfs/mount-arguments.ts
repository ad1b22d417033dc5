/** An NFS mount as the command line of mount(8) asks for it. */
export interface NfsMount {
  readonly type: string;
  readonly source: string;
  readonly target: string;
  readonly options: readonly string[];
  /** Without it a real kernel wants mount.nfs4 on the node. */
  readonly withoutHelper: boolean;
}

/** Reads the arguments that this program's own plugins use; undefined where source or target is missing. */
export function parseMountArguments(args: readonly string[]): NfsMount | undefined {
  let type = '';
  let withoutHelper = false;
  const options: string[] = [];
  const places: string[] = [];
  for (let index = 0; index < args.length; index++) {
    const argument = args[index] ?? '';
    if (argument === '-t' || argument === '--types') type = args[++index] ?? '';
    else if (argument === '-o' || argument === '--options') options.push(...(args[++index] ?? '').split(','));
    else if (argument === '-i' || argument === '--internal-only') withoutHelper = true;
    else if (argument === '-r' || argument === '--read-only') options.push('ro');
    else if (!argument.startsWith('-')) places.push(argument);
  }
  const [source, target] = places;
  return source === undefined || target === undefined
    ? undefined
    : { type, source, target, options, withoutHelper };
}

/** The value of the last option of a name. */
export function optionOf(options: readonly string[], name: string): string | undefined {
  return options.findLast((option) => option.startsWith(`${name}=`))?.slice(name.length + 1);
}
