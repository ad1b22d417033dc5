import { readFile } from 'node:fs/promises';
import type { KubeClient } from '../../src/kube/client.ts';
import type { KubeObject } from '../../src/kube/objects.ts';
import type { Resource } from '../../src/kube/resources.ts';

interface Role extends KubeObject {
  readonly rules: readonly {
    readonly apiGroups: readonly string[];
    readonly resources: readonly string[];
    readonly resourceNames?: readonly string[];
    readonly verbs: readonly string[];
  }[];
}

interface RoleBinding extends KubeObject {
  readonly roleRef: { readonly kind: string; readonly name: string };
  readonly subjects: readonly { readonly name: string; readonly namespace: string }[];
}

/** One verb on one resource that one service account may use; within one namespace and of one name where these are given. */
export interface Right {
  readonly account: string;
  readonly verb: string;
  readonly group: string;
  /** With its subresource: `persistentvolumeclaims/status`. */
  readonly resource: string;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
}

/** A request as the API server's audit log has it. */
export interface AuditEntry {
  readonly user: { readonly username: string };
  readonly verb: string;
  readonly objectRef?: {
    readonly apiGroup?: string;
    readonly resource: string;
    readonly subresource?: string;
    readonly namespace?: string;
    readonly name?: string;
  };
  readonly annotations?: Readonly<Record<string, string>>;
}

const rbac = (plural: string, kind: string, namespaced: boolean) =>
  ({ group: 'rbac.authorization.k8s.io', version: 'v1', plural, kind, namespaced }) as const;
const roles: Resource<Role> = rbac('roles', 'Role', true);
const clusterRoles: Resource<Role> = rbac('clusterroles', 'ClusterRole', false);
const bindings: Resource<RoleBinding> = rbac('rolebindings', 'RoleBinding', true);
const clusterBindings: Resource<RoleBinding> = rbac('clusterrolebindings', 'ClusterRoleBinding', false);

/** All that the chart's release grants to its service accounts. */
export async function grantedRights(client: KubeClient): Promise<readonly Right[]> {
  const ofRelease = { labelSelector: 'app.kubernetes.io/instance=berth' };
  const [granted, bound] = await Promise.all([
    Promise.all([client.list(roles, ofRelease), client.list(clusterRoles, ofRelease)]),
    Promise.all([client.list(bindings, ofRelease), client.list(clusterBindings, ofRelease)]),
  ]);
  const all = granted.flatMap(({ items }) => items);
  return bound
    .flatMap(({ items }) => items)
    .flatMap(({ roleRef, subjects, metadata: { namespace } }) => {
      const role = all.find(
        ({ metadata }) => metadata.name === roleRef.name && metadata.namespace === namespace,
      );
      return subjects.flatMap((subject) => {
        const account = `system:serviceaccount:${subject.namespace}:${subject.name}`;
        return rightsOf(role).map((right) => ({ ...right, account, namespace }));
      });
    });
}

function rightsOf(role: Role | undefined): readonly Omit<Right, 'account' | 'namespace'>[] {
  return (role?.rules ?? []).flatMap(({ apiGroups, resources, resourceNames = [undefined], verbs }) =>
    apiGroups.flatMap((group) =>
      resources.flatMap((resource) =>
        resourceNames.flatMap((name) => verbs.map((verb) => ({ group, resource, name, verb }))),
      ),
    ),
  );
}

export async function readAuditLog(file: string): Promise<readonly AuditEntry[]> {
  const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line));
}

/** Those that no request needed. */
export function unusedRights(rights: readonly Right[], log: readonly AuditEntry[]): readonly string[] {
  return rights.filter((right) => !log.some((entry) => needs(entry, right))).map(sayRight);
}

/** What the API server refused to the accounts for want of a right. */
export function missingRights(rights: readonly Right[], log: readonly AuditEntry[]): readonly string[] {
  const accounts = new Set(rights.map(({ account }) => account));
  const refused = log.filter(
    ({ user, annotations }) =>
      accounts.has(user.username) && annotations?.['authorization.k8s.io/decision'] === 'forbid',
  );
  return [...new Set(refused.map((entry) => sayRight({ ...refOf(entry), account: entry.user.username })))];
}

function needs(entry: AuditEntry, right: Right): boolean {
  const ref = refOf(entry);
  return (
    entry.user.username === right.account &&
    ref.verb === right.verb &&
    ref.group === right.group &&
    ref.resource === right.resource &&
    (right.namespace === undefined || right.namespace === ref.namespace) &&
    (right.name === undefined || right.name === ref.name)
  );
}

function refOf({ verb, objectRef }: AuditEntry): Omit<Right, 'account'> {
  const { apiGroup: group = '', resource = '', subresource, namespace, name } = objectRef ?? {};
  return { verb, group, resource: subresource ? `${resource}/${subresource}` : resource, namespace, name };
}

function sayRight({ account, verb, resource, name }: Right): string {
  const short = account.replace(/^.*:csi-azurelustre-(.*)-sa$/, '$1');
  return `${short}: ${verb} ${resource}${name === undefined ? '' : ` ${name}`}`;
}
