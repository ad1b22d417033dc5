/** One mount of this process' mount namespace: a line of /proc/self/mountinfo, proc_pid_mountinfo(5). */
export interface MountEntry {
  readonly id: number;
  readonly parentId: number;
  /** `major:minor` of the file system. */
  readonly device: string;
  /** The directory of the file system that is mounted; ends in `//deleted` when it was removed meanwhile. */
  readonly root: string;
  readonly mountPoint: string;
  /** Options of this mount: `ro`, `nosuid`, `relatime`, … */
  readonly options: readonly string[];
  readonly propagation: Propagation;
  readonly fsType: string;
  /** As it was given to mount(2); may be empty. */
  readonly source: string;
  /** Options of the file system, the same for all its mounts. */
  readonly superOptions: readonly string[];
}

/** Peer groups by number; a mount without any of these is private. */
export interface Propagation {
  readonly shared?: number;
  readonly master?: number;
  readonly propagateFrom?: number;
  readonly unbindable?: true;
}

/** Lines that are torn or of another form are left out: kernels before 5.8 may cut a line while mounts change. */
export function parseMountinfo(text: string): MountEntry[] {
  const entries: MountEntry[] = [];
  for (const line of text.split('\n')) {
    const entry = parseMountLine(line);
    if (entry !== undefined) entries.push(entry);
  }
  return entries;
}

/** The entry of one line, or undefined where it is none. */
export function parseMountLine(line: string): MountEntry | undefined {
  const fields = line.split(' ');
  const dash = fields.indexOf('-', 6);
  const [id, parentId, device, root, mountPoint, options] = fields;
  const [fsType, source, superOptions, ...rest] = fields.slice(dash + 1);
  if (dash < 0 || rest.length > 0) return undefined;
  if (!isNumber(id) || !isNumber(parentId) || device === undefined || !/^\d+:\d+$/.test(device)) {
    return undefined;
  }
  if (!root || !mountPoint?.startsWith('/') || !options || !fsType || source === undefined || !superOptions)
    return undefined;
  return {
    id: Number(id),
    parentId: Number(parentId),
    device,
    root: unescapeOctal(root),
    mountPoint: unescapeOctal(mountPoint),
    options: options.split(','),
    propagation: parsePropagation(fields.slice(6, dash)),
    fsType: unescapeOctal(fsType),
    source: unescapeOctal(source),
    superOptions: unescapeOctal(superOptions).split(','),
  };
}

/** The line that the kernel would print for an entry. */
export function formatMountLine(entry: MountEntry): string {
  const { shared, master, propagateFrom, unbindable } = entry.propagation;
  return [
    entry.id,
    entry.parentId,
    entry.device,
    escapeOctal(entry.root),
    escapeOctal(entry.mountPoint),
    entry.options.join(','),
    ...(shared === undefined ? [] : [`shared:${shared}`]),
    ...(master === undefined ? [] : [`master:${master}`]),
    ...(propagateFrom === undefined ? [] : [`propagate_from:${propagateFrom}`]),
    ...(unbindable ? ['unbindable'] : []),
    '-',
    escapeOctal(entry.fsType),
    escapeOctal(entry.source),
    escapeOctal(entry.superOptions.join(',')),
  ].join(' ');
}

const isNumber = (text: string | undefined): boolean => text !== undefined && /^\d+$/.test(text);

/** Tags this program does not know are skipped, as the manual page demands. */
function parsePropagation(tags: readonly string[]): Propagation {
  const number = (name: string) => {
    const value = tags.find((tag) => tag.startsWith(name))?.slice(name.length);
    return isNumber(value) ? Number(value) : undefined;
  };
  const [shared, master, propagateFrom] = [number('shared:'), number('master:'), number('propagate_from:')];
  return {
    ...(shared !== undefined && { shared }),
    ...(master !== undefined && { master }),
    ...(propagateFrom !== undefined && { propagateFrom }),
    ...(tags.includes('unbindable') && { unbindable: true as const }),
  };
}

/** The kernel writes space, tab, newline, backslash and, in sources, `#` as three octal digits. */
function unescapeOctal(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}

function escapeOctal(text: string): string {
  return text.replace(/[ \t\n\\#]/g, (char) => `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`);
}
