import type { MountFailure, VolumeMounter } from '../../../csi/driver.ts';
import type { EfsMountPlan } from '../efs-mount.ts';

type Explained = NonNullable<ReturnType<NonNullable<VolumeMounter['explainFailure']>>>;

interface Cause {
  readonly pattern: RegExp;
  readonly code: Explained['code'];
  readonly says: (plan: EfsMountPlan) => string;
}

/** mount(8) ends with 32 for every error of mount(2), so that only its words (in the C locale) tell them apart. */
const causes: readonly Cause[] = [
  {
    pattern: /special device .* does not exist|No such file or directory/,
    code: 'not-found',
    says: ({ source }) =>
      `the directory "${source.slice(source.indexOf(':/') + 1)}" does not exist on the file system (ENOENT); create it, or let an access point do so`,
  },
  {
    pattern: /access denied by server|[Pp]ermission denied|cannot mount .* read-only/,
    code: 'unavailable',
    says: ({ accessPointId, iam }) =>
      `access denied by server (EACCES): ${iam ? "check the IAM policy of the node's role and" : 'check'} the file system's policy${accessPointId === '' ? '' : `, and that access point ${accessPointId} is available`}${iam ? '' : '; a policy that asks for IAM needs the mount option iam'}`,
  },
  {
    pattern: /Operation not permitted/,
    code: 'internal',
    says: () => 'mounting is not permitted (EPERM): the node plugin has to run privileged',
  },
  {
    pattern: /unknown filesystem type 'efs'/,
    code: 'failed-precondition',
    says: () => 'mount.efs is missing on the node: install amazon-efs-utils, or leave --mounter=tunnel',
  },
  {
    pattern: /unknown filesystem type/,
    code: 'failed-precondition',
    says: () => "the node's kernel has no NFS 4.1 client: modprobe nfsv4 fails (ENODEV)",
  },
  {
    pattern: /Connection refused|Connection reset|Connection timed out|No route to host/,
    code: 'unavailable',
    says: ({ encrypted }) =>
      encrypted ? 'the TLS tunnel was not reached; it is tried again' : 'the mount target was not reached',
  },
  {
    pattern: /wrong fs type, bad option|Invalid argument/,
    code: 'invalid-argument',
    says: ({ options }) =>
      `the NFS client refuses one of the options ${options.map((option) => option.replace(/=.*/s, '=…')).join(',')} (EINVAL)`,
  },
];

const late: Cause = {
  pattern: /^/,
  code: 'unavailable',
  says: ({ encrypted }) =>
    encrypted
      ? "the mount did not finish in time: the server ends the TLS connection or does not answer in it. Check the file system's policy, the trusted authorities, and stunnel.log in the node plugin's state directory"
      : 'the mount did not finish in time: the mount target does not answer NFS',
};

/** The upstream sentence people search for, the cause, and what mount itself printed. */
export function explainMountFailure(plan: EfsMountPlan, failure: MountFailure): Explained | undefined {
  const cause = failure.timedOut ? late : causes.find(({ pattern }) => pattern.test(failure.stderr));
  if (cause === undefined) return undefined;
  const printed = failure.stderr.trim().split('\n')[0];
  return {
    code: cause.code,
    message: `Could not mount "${plan.fileSystemId}": ${cause.says(plan)}${printed ? `; mount said: ${printed}` : ''}`,
  };
}
