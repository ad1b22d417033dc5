import { posix } from 'node:path';
import { trimSlashes } from './volume-id.ts';

/** `${…}` in a sub-directory and the volume-context key its value comes from. Case-sensitive. */
const tokens: Readonly<Record<string, string>> = {
  'pod.metadata.name': 'csi.storage.k8s.io/pod.name',
  'pod.metadata.namespace': 'csi.storage.k8s.io/pod.namespace',
  'pod.metadata.uid': 'csi.storage.k8s.io/pod.uid',
  'serviceAccount.metadata.name': 'csi.storage.k8s.io/serviceAccount.name',
  'pvc.metadata.name': 'csi.storage.k8s.io/pvc/name',
  'pvc.metadata.namespace': 'csi.storage.k8s.io/pvc/namespace',
  'pv.metadata.name': 'csi.storage.k8s.io/pv/name',
};

/** Lustre's NAME_MAX, bytes. */
const longestName = 255;

const tokenPattern = /\$\{([^}]*)\}/g;

export type SubDirOutcome =
  | { readonly path: string; readonly problem?: undefined; readonly fix?: undefined }
  | { readonly path?: undefined; readonly problem: string; readonly fix: string };

/** Whether `${…}` names something that only a pod can fill in, so that a claim's class cannot know its value. */
const isPodToken = (token: string) => /^(pod|serviceAccount)\./.test(token);

/**
 * The sub-directory for one mount: tokens replaced once, from left to right, by values of the volume context; then it
 * must be a path strictly inside the file system, lexically. The callers have texts of their own for empty input.
 */
export function resolveSubDir(template: string, context: Readonly<Record<string, string>>): SubDirOutcome {
  return substitute(template, (token) => context[tokens[token] ?? '']);
}

/** As `resolveSubDir`, before there is a pod: its tokens are taken as filled in later. `path` keeps the tokens. */
export function checkSubDirTemplate(
  template: string,
  parameters: Readonly<Record<string, string>>,
): SubDirOutcome {
  const outcome = substitute(template, (token) =>
    isPodToken(token) ? 'later' : parameters[tokens[token] ?? ''],
  );
  if (outcome.problem !== undefined) return outcome;
  if (template.includes('#'))
    return { problem: 'sub-dir must not contain #', fix: 'the volume handle uses # between its fields' };
  return { path: trimSlashes(template) };
}

/**
 * As much of a sub-directory as is known before there is a pod: the names up to the first that still has a token. Empty
 * where nothing is known.
 */
export function knownSubDir(template: string, context: Readonly<Record<string, string>>): string {
  const filled = template.replace(tokenPattern, (whole, token: string) =>
    isPodToken(token) ? whole : context[tokens[token] ?? ''] || whole,
  );
  const names = posix.normalize(trimSlashes(filled)).split('/');
  const open = names.findIndex((name) => name.includes('${'));
  return trimSlashes((open < 0 ? names : names.slice(0, open)).join('/'));
}

function substitute(template: string, lookUp: (token: string) => string | undefined): SubDirOutcome {
  const unknown: string[] = [];
  const withoutValue: string[] = [];
  const filled = trimSlashes(template).replace(tokenPattern, (whole, token: string) => {
    if (!Object.hasOwn(tokens, token)) {
      unknown.push(whole);
      return '';
    }
    const value = lookUp(token);
    if (!value) withoutValue.push(whole);
    return value ?? '';
  });
  if (template.replace(tokenPattern, '').includes('${')) unknown.push('an opening brace that is not closed');
  if (unknown.length > 0)
    return {
      problem: `sub-dir has unknown tokens: ${unknown.join(', ')}`,
      fix: `known are ${Object.keys(tokens)
        .map((token) => `\${${token}}`)
        .join(', ')}`,
    };
  if (withoutValue.length > 0)
    return {
      problem: `sub-dir has tokens without a value: ${withoutValue.join(', ')}`,
      fix: 'pvc and pv tokens need a provisioner with --extra-create-metadata and are not available on hand-written volumes; pod tokens need podInfoOnMount on the CSIDriver object',
    };
  return strictSubpath(filled);
}

/** Lexical, as the file system is not there to ask: relative, below the root, free of control characters. */
function strictSubpath(path: string): SubDirOutcome {
  const normal = posix.normalize(path);
  const outside = normal === '..' || normal.startsWith('../') || normal.startsWith('/');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a NUL or newline in a path is what it looks for
  if (path === '' || normal === '.' || outside || /[\u0000-\u001f\u007f]/.test(path))
    return {
      problem: 'sub-dir must be strict subpath',
      fix: `'${path}' does not name a directory below the file system's root`,
    };
  if (normal.split('/').some((name) => Buffer.byteLength(name) > longestName))
    return {
      problem: `sub-dir has a name of more than ${longestName} bytes`,
      fix: 'Lustre takes no longer one',
    };
  return { path: trimSlashes(normal) };
}
