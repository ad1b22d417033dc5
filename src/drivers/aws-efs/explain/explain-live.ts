import { AwsError } from '../../../cloud/aws/aws-error.ts';
import type { ExplainOptions, Explanation, Finding } from '../../driver-module.ts';
import { awsFailure } from '../aws-failure.ts';
import type { Intent } from '../intent.ts';

/** EFS' own limit; an account's may be raised. */
const accessPointQuota = 10_000;

/** With `--check`: whether the file systems of a class are there, have mount targets, and room for access points. */
export async function checkFileSystems(
  { fileSystems, mode, crossAccount }: Intent,
  { aws, signal }: ExplainOptions,
): Promise<Pick<Explanation, 'properties' | 'findings'>> {
  // What a Secret names is another account's, where this identity cannot look.
  if (aws === undefined || fileSystems.kind !== 'ids' || crossAccount !== undefined)
    return { properties: [], findings: [] };
  const properties: { readonly name: string; readonly value: string }[] = [];
  const findings: Finding[] = [];
  const say = (severity: Finding['severity'], message: string, fix?: string) =>
    findings.push({ severity, field: 'parameters.fileSystemId', message, fix });
  for (const id of fileSystems.ids) {
    try {
      const { region, efs: open } = await aws();
      const efs = open();
      const found = await efs.describeFileSystem(id, { signal });
      if (found === undefined) {
        say('error', `File System does not exist: ${id}`, `check the id; asked in ${region}`);
        continue;
      }
      const zone =
        found.availabilityZoneName === undefined ? 'regional' : `One Zone in ${found.availabilityZoneName}`;
      const targets = (await efs.listMountTargets(id, { signal })).filter(
        ({ state }) => state === 'available',
      );
      const zones = targets.map(({ availabilityZoneName = '?' }) => availabilityZoneName).join(', ');
      if (targets.length === 0)
        say('error', `${id} has no available mount target`, 'create one in each zone of the nodes');
      let count = 0;
      if (mode === 'efs-ap')
        for await (const page of efs.listAccessPoints(id, { signal })) count += page.length;
      if (count >= accessPointQuota)
        say(
          'warning',
          `${id} has ${count} access points, its usual limit`,
          'name another file system behind it',
        );
      const room = mode === 'efs-ap' ? `; ${count} access points of usually ${accessPointQuota}` : '';
      properties.push({
        name: id,
        value: `${found.state}, ${zone}; mount targets in ${zones || 'no zone'}${room}`,
      });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      say('error', awsFailure(error, { doing: `${id} could not be looked at`, actions: [] }).message);
    }
  }
  return { properties, findings };
}
