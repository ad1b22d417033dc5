import { posix } from 'node:path';
import type { Refusal } from '../refusal.ts';
import { directoryName, uuidOf } from './directory-name.ts';
import { metadataKeys, type Parameters, parameter } from './parameter-keys.ts';

/** A volume's directory on its file system. */
export interface RootDirectoryPlan {
  /** Absolute, cleaned; `/` where the class names none. */
  readonly base: string;
  /** Absolute, strictly below `base`. */
  readonly path: string;
}

/** EFS' limits for the root directory of an access point. */
const longestPath = 100;
const mostComponents = 4;

/** EFS' pattern for each component: no dot in front, none of these characters. */
const component = /^(?!\.)[^$#<>;`|&?{}^*/\n]+$/;

const tokens: Readonly<Record<string, string>> = {
  '.PVC.name': metadataKeys.pvcName,
  '.PVC.namespace': metadataKeys.pvcNamespace,
  '.PV.name': metadataKeys.pvName,
};

interface Naming {
  readonly volumeName: string;
  readonly parameters: Parameters;
  readonly unique: boolean;
  readonly mode: 'efs-ap' | 'efs-dir';
}

/**
 * `/basePath/<volume name>`, or what `subPathPattern` makes of the claim. In `efs-dir` mode the last component is always
 * the volume's own, because the directory's record is found by it. Adds what is wrong to `refusals`.
 */
export function planRootDirectory(naming: Naming, refusals: Refusal[]): RootDirectoryPlan {
  const { volumeName, parameters, unique, mode } = naming;
  const base = posix.normalize(`/${parameters.basePath ?? ''}/`);
  const pattern = parameter(parameters, 'subPathPattern');
  const own = directoryName(volumeName);
  const refuse = (field: string, message: string, fix: string) =>
    refusals.push({ code: 'invalid-argument', field: `parameters.${field}`, message, fix });
  let inner = own;
  if (pattern !== undefined) {
    const filled = fillIn(pattern, parameters, refuse) ?? own;
    inner = mode === 'efs-dir' ? `${filled}/${own}` : unique ? `${filled}-${uuidOf(volumeName)}` : filled;
  }
  const path = posix.normalize(`${base}/${inner}`).replace(/(?<=.)\/$/, '');
  if (path === base || !path.startsWith(base))
    refuse('subPathPattern', `Proposed path '${path}' is not below basePath '${base}'`, 'leave .. out of it');
  if (mode === 'efs-ap') refuseForEfs(path, pattern === undefined ? 'basePath' : 'subPathPattern', refuse);
  return { base: base.replace(/(?<=.)\/$/, ''), path };
}

type Refuse = (field: string, message: string, fix: string) => void;

function fillIn(pattern: string, parameters: Parameters, refuse: Refuse): string | undefined {
  const without: string[] = [];
  const filled = pattern.replace(/\$\{([^}]*)\}/g, (whole, token: string) => {
    if (!Object.hasOwn(tokens, token)) return whole;
    const value = parameters[tokens[token] ?? ''];
    if (!value) without.push(whole);
    return value ?? '';
  });
  if (/\$\{|\}/.test(filled)) {
    refuse(
      'subPathPattern',
      `Path specified "${pattern}" contains invalid elements. Can only contain [.PV.name .PVC.name .PVC.namespace]`,
      // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the text to write
      'e.g. ${.PVC.namespace}/${.PVC.name}',
    );
    return undefined;
  }
  if (without.length === 0) return filled;
  refuse(
    'subPathPattern',
    `Path specified "${pattern}" has elements without a value: ${without.join(', ')}`,
    'a separate csi-provisioner needs --extra-create-metadata',
  );
  return undefined;
}

function refuseForEfs(path: string, field: string, refuse: Refuse): void {
  const names = path.split('/').slice(1);
  if (path.length > longestPath)
    refuse(
      field,
      `Proposed path '${path}' exceeds file system limit of ${longestPath} characters`,
      `it has ${path.length}`,
    );
  if (names.length > mostComponents)
    refuse(
      field,
      `Proposed path '${path}' file system limit of ${mostComponents} subdirectories`,
      `it has ${names.length}`,
    );
  const odd = names.find((name) => name !== '' && !component.test(name));
  if (odd !== undefined)
    refuse(
      field,
      `Proposed path '${path}' has a component that EFS does not take: '${odd}'`,
      'none may begin with a dot or hold one of $#<>;`|&?{}^*',
    );
}
