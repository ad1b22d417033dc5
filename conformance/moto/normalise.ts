/** What an answer says, made comparable: ids, accounts, times, keys and addresses are replaced by what they are. */
export type Answer = Readonly<Record<string, string>>;

/** Flat, one entry per leaf: `AccessPoints[0].PosixUser.Uid` → `1000`. */
export function normalise(answer: object): Answer {
  const leaves: Record<string, string> = {};
  const walk = (value: unknown, path: string) => {
    if (value === undefined || path === '$metadata') return;
    if (value instanceof Date) leaves[path] = 'TIME';
    else if (Array.isArray(value)) {
      if (value.length === 0) leaves[path] = '[]';
      value.forEach((item, index) => void walk(item, `${path}[${index}]`));
    } else if (typeof value === 'object' && value !== null) {
      for (const [name, inner] of Object.entries(value)) walk(inner, path === '' ? name : `${path}.${name}`);
    } else leaves[path] = settled(path, replaceNames(String(value)));
  };
  walk(answer, '');
  return leaves;
}

/** The name and status of an error; its words are each emulation's own. */
export function normaliseError(error: unknown): Answer {
  const { name, $metadata } = error as Error & { readonly $metadata?: { readonly httpStatusCode?: number } };
  return { error: name, status: String($metadata?.httpStatusCode ?? 'none') };
}

/** In moto everything is available at once; here, as in EFS, a little later, and a test cannot say when it looks. */
function settled(path: string, value: string): string {
  return path.endsWith('LifeCycleState') && value === 'creating' ? 'available' : value;
}

function replaceNames(text: string): string {
  return text
    .replace(/\b(fsap|fsmt|fs|eni|subnet|vpc)-[0-9a-f]+/g, '$1-ID')
    .replace(/\b(111122223333|123456789012)\b/g, 'ACCOUNT')
    .replace(/^(ASIA|AROA)\w+/, '$1')
    .replace(/^\d+\.\d+\.\d+\.\d+$/, 'ADDRESS')
    .replace(/^[\w+/=]{100,}$/, 'TOKEN')
    .replace(/^[\w+/]{40}$/, 'SECRET');
}

export interface Difference {
  /** The call's name. */
  readonly request: string;
  readonly at: string;
  readonly sandbox: string;
  readonly moto: string;
}

export function compareAnswers(request: string, sandbox: Answer, moto: Answer): readonly Difference[] {
  return [...new Set([...Object.keys(sandbox), ...Object.keys(moto)])]
    .filter((at) => sandbox[at] !== moto[at])
    .map((at) => ({ request, at, sandbox: sandbox[at] ?? 'absent', moto: moto[at] ?? 'absent' }));
}
