import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { openAuthority } from '../pki/authority.ts';
import { writeFileWhole } from '../state/write-file-whole.ts';
import { kubeconfigText } from './kubeconfig-text.ts';

/** Someone who may come with a bearer token; RBAC decides by name and groups. */
export interface ClusterUser {
  readonly name: string;
  readonly groups: readonly string[];
}

/** What the programs read, by path. Keys and tokens are for the owner only. */
export interface ControlPlaneFiles {
  readonly authorityDirectory: string;
  readonly caFile: string;
  readonly caCertificate: string;
  readonly serverCertificate: string;
  readonly serverKey: string;
  /** By which the API server proves itself to nodes: as an administrator, since each may ask it what that user may do. */
  readonly kubeletClientCertificate: string;
  readonly kubeletClientKey: string;
  readonly serviceAccountKey: string;
  readonly tokenFile: string;
  readonly auditPolicy: string;
  readonly auditLog: string;
  tokenOf(user: string): string;
  kubeconfigOf(user: string): string;
}

/** Writes them into `directory`. Keys and tokens of an earlier start stay as they are, so what was told stays true. */
export async function prepareControlPlaneFiles(options: {
  readonly directory: string;
  readonly host: string;
  readonly port: number;
  readonly users: readonly ClusterUser[];
}): Promise<ControlPlaneFiles> {
  const { directory, host } = options;
  const at = (name: string) => join(directory, name);
  await mkdir(at('kubeconfigs'), { recursive: true, mode: 0o700 });
  const authority = await openAuthority(at('pki'));
  const server = await authority.issue({
    commonName: 'kube-apiserver',
    dnsNames: ['localhost', 'kubernetes.default.svc'],
    ipAddresses: [host, '10.96.0.1'],
  });
  const kubeletClient = await authority.issue({
    commonName: 'kube-apiserver-kubelet-client',
    organizations: ['system:masters'],
    dnsNames: ['kube-apiserver-kubelet-client'],
    ipAddresses: [],
  });
  const tokens = await keptTokens(at('tokens.json'), options.users);
  const files: ControlPlaneFiles = {
    authorityDirectory: at('pki'),
    caFile: authority.caFile,
    caCertificate: authority.caCertificate,
    serverCertificate: at('pki/server.crt'),
    serverKey: at('pki/server.key'),
    kubeletClientCertificate: at('pki/kubelet-client.crt'),
    kubeletClientKey: at('pki/kubelet-client.key'),
    serviceAccountKey: at('pki/service-accounts.key'),
    tokenFile: at('tokens.csv'),
    auditPolicy: at('audit-policy.json'),
    auditLog: at('audit.log'),
    tokenOf: (user) => tokens[user] ?? '',
    kubeconfigOf: (user) => at(join('kubeconfigs', user.replaceAll(':', '-'))),
  };
  await writeFileWhole(files.serverCertificate, server.cert, 0o600);
  await writeFileWhole(files.serverKey, server.key, 0o600);
  await writeFileWhole(files.kubeletClientCertificate, kubeletClient.cert, 0o600);
  await writeFileWhole(files.kubeletClientKey, kubeletClient.key, 0o600);
  await writeServiceAccountKey(files.serviceAccountKey);
  await writeFileWhole(files.tokenFile, tokenLines(options.users, tokens), 0o600);
  await writeFileWhole(files.auditPolicy, auditPolicy, 0o600);
  for (const { name } of options.users) {
    const access = { server: `https://${host}:${options.port}`, token: files.tokenOf(name), ...authority };
    await writeFileWhole(files.kubeconfigOf(name), kubeconfigText({ ...access, user: name }), 0o600);
  }
  return files;
}

const tokenBook = z.record(z.string(), z.string());

async function keptTokens(file: string, users: readonly ClusterUser[]): Promise<Record<string, string>> {
  const text = await readFile(file, 'utf8').catch(() => '{}');
  const kept = z.safeParse(tokenBook, JSON.parse(text)).data ?? {};
  const fresh = users.map(({ name }) => [name, kept[name] ?? randomBytes(32).toString('base64url')]);
  const tokens = { ...kept, ...Object.fromEntries(fresh) };
  await writeFileWhole(file, JSON.stringify(tokens), 0o600);
  return tokens;
}

/** `token,user,uid,"group,group"`: kube-apiserver's --token-auth-file. */
function tokenLines(users: readonly ClusterUser[], tokens: Readonly<Record<string, string>>): string {
  return users.map(({ name, groups }) => `${tokens[name]},${name},${name},"${groups.join(',')}"\n`).join('');
}

async function writeServiceAccountKey(file: string): Promise<void> {
  if (await readFile(file).catch(() => undefined)) return;
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  // Not PKCS #8: kube-apiserver takes the public half out of this form only.
  await writeFileWhole(file, String(privateKey.export({ type: 'sec1', format: 'pem' })), 0o600);
}

/** One line for each request, with what was asked. kube-apiserver reads YAML, and JSON is YAML. */
const auditPolicy = JSON.stringify({
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived', 'ResponseStarted'],
  rules: [{ level: 'Metadata', resources: [{ group: '', resources: ['secrets'] }] }, { level: 'Request' }],
});
