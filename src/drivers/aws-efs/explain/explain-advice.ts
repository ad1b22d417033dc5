import type { Finding } from '../../driver-module.ts';
import type { Intent } from '../intent.ts';
import { metadataKeys, type Parameters } from '../parameter-keys.ts';

/** Settings that work and are not what they look like. */
export function adviseClass(intent: Intent, parameters: Parameters): readonly Finding[] {
  const findings: Finding[] = [];
  const say = (severity: Finding['severity'], key: string, message: string, fix?: string) =>
    findings.push({ severity, field: `parameters.${key}`, message, fix });
  if (intent.reuse && parameters.reuseAccessPoint !== 'namespaced')
    say(
      'warning',
      'reuseAccessPoint',
      'claims of one name share an access point and its data, in every namespace and cluster of the account',
      'reuseAccessPoint: namespaced keeps namespaces apart',
    );
  if (parameters.ensureUniqueDirectory !== undefined && parameters.subPathPattern === undefined)
    say(
      'note',
      'ensureUniqueDirectory',
      'has no effect without subPathPattern: directories are named by volumes',
    );
  if (parameters.az !== undefined)
    say('note', 'az', 'has an effect only with a Secret that names a role of another account');
  if (intent.mode === 'efs-ap' && intent.ids.gid !== undefined)
    say(
      'note',
      'gid',
      `all volumes of the class have group ${intent.ids.gid}: it keeps none from another's data`,
    );
  if (intent.mode === 'efs-dir')
    for (const key of ['gidRangeStart', 'gidRangeEnd', 'reuseAccessPoint', 'enableTagging'] as const)
      if (parameters[key] !== undefined)
        say('warning', key, `${key} has no effect in mode efs-dir`, `remove ${key}`);
  const { start, end } = intent.ids.range;
  if (intent.mode === 'efs-ap' && intent.ids.gid === undefined && end - start < 1000)
    say('note', 'gidRangeEnd', `the range has room for ${end - start + 1} volumes on each file system`);
  const pattern = parameters.subPathPattern;
  if (
    pattern !== undefined &&
    !/\.PV\.name|\.PVC\.name/.test(pattern) &&
    parameters.ensureUniqueDirectory === 'false'
  )
    say(
      'warning',
      'subPathPattern',
      `several claims get the directory ${intent.directory.path}`,
      `use the claim's name (${metadataKeys.pvcName}) in the pattern, or leave ensureUniqueDirectory on`,
    );
  return findings;
}
