import type { MountFailure, VolumeMounter } from '../../../csi/driver.ts';
import type { LustreMountPlan } from './mount-plan.ts';

type Explained = ReturnType<NonNullable<VolumeMounter['explainFailure']>>;

/** For a person: how this node comes to a Lustre client. Read only where it is told. */
export type ClientAdvice = () => string;

interface Cause {
  readonly code: NonNullable<Explained>['code'];
  readonly says: (plan: LustreMountPlan, clientAdvice: ClientAdvice) => string;
}

const noClient: Cause = {
  code: 'failed-precondition',
  says: (_plan, clientAdvice) =>
    `the node has no Lustre client: mount.lustre or the kernel's module is missing; ${clientAdvice()}`,
};

/** mount.lustre exits with errno values, not with mount(8)'s codes (seen on Lustre 2.17). */
const causes: Readonly<Record<number, Cause>> = {
  1: {
    code: 'internal',
    says: () => 'mounting is not permitted: the node plugin has to run privileged (EPERM)',
  },
  2: {
    code: 'not-found',
    says: ({ subDir }) =>
      subDir === ''
        ? 'there is no file system "lustrefs" behind this MGS: check mgs-ip-address (ENOENT)'
        : `the file system or its directory "${subDir}" does not exist; a read-only mount does not create it (ENOENT)`,
  },
  5: {
    code: 'unavailable',
    says: () => 'Is the MGS running? It answered the port but not the mount: check its health in Azure (EIO)',
  },
  17: { code: 'internal', says: () => 'it is mounted there already (EEXIST)' },
  19: {
    code: 'failed-precondition',
    says: (_plan, clientAdvice) => `the node's kernel has no Lustre client (ENODEV); ${clientAdvice()}`,
  },
  22: {
    code: 'invalid-argument',
    // Their values may be secrets, and this text becomes an event.
    says: ({ options, addsUniqueFsid }) =>
      `the Lustre client refuses one of the options ${options.map((option) => option.replace(/=.*/s, '=…')).join(',')} (EINVAL)${addsUniqueFsid ? '; unique_fsid is added by the driver, and the next attempt goes without it' : ''}`,
  },
  // mount(8) ends so where it finds no mount.lustre and has to ask the kernel itself.
  32: noClient,
  108: {
    code: 'unavailable',
    says: () => 'the connection to the file system was shut down meanwhile (ESHUTDOWN)',
  },
  110: {
    code: 'unavailable',
    says: () =>
      'the MGS or a storage server did not answer: allow TCP 988 between the nodes and the whole subnet of the file system, both ways (ETIMEDOUT)',
  },
  111: { code: 'unavailable', says: () => 'the MGS refused the connection (ECONNREFUSED)' },
  113: {
    code: 'unavailable',
    says: () =>
      "there is no route to the MGS: peer the nodes' virtual network with the file system's (EHOSTUNREACH)",
  },
};

const lateMount: Cause = {
  code: 'unavailable',
  says: () =>
    'the mount did not finish in time; should it still come, it is taken back. Check that every server of the file system answers on TCP 988',
};

/** The upstream sentence people search for, the cause, and what mount itself printed. */
export function explainMountFailure(
  plan: LustreMountPlan,
  failure: MountFailure,
  clientAdvice: ClientAdvice,
): Explained {
  const cause = causeOf(failure);
  if (cause === undefined) return undefined;
  const printed = failure.stderr.trim().split('\n').at(-1) ?? '';
  return {
    code: cause.code,
    message: `Could not mount target from ${plan.source}: ${cause.says(plan, clientAdvice)}${printed && `; mount says: ${printed}`}`,
  };
}

function causeOf({ timedOut, exitCode }: MountFailure): Cause | undefined {
  if (timedOut) return lateMount;
  if (exitCode === 127) return noClient;
  return exitCode === undefined ? undefined : causes[exitCode];
}
