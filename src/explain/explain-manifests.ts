import type { DriverModule, ExplainOptions } from '../drivers/driver-module.ts';
import type { Claim } from './claim-request.ts';
import { claimOf, explainClaim } from './explain-claim.ts';
import { explainClass } from './explain-class.ts';
import { explainPod, podSpecPaths } from './explain-pod.ts';
import { explainQuota } from './explain-quota.ts';
import { explainVolume } from './explain-volume.ts';
import { checkTypes, typesByKind } from './field-types.ts';
import { type Manifest, type ParsedFiles, parseFiles, type SourceFile } from './manifest.ts';
import { numberAt } from './object-fields.ts';
import { type FileFinding, type ObjectReport, type Report, summarize } from './report.ts';
import { statefulClaims } from './stateful-claims.ts';
import { type ExplainedDriver, namedDrivers, namespaceOf, type Workspace } from './workspace.ts';

/** The drivers there are: `drivers/catalog.ts` in the program, a stand-in in tests. */
export interface DriverCatalog {
  readonly driverNames: readonly string[];
  loadDriver(name: string): Promise<DriverModule | undefined>;
}

/**
 * Explains what the manifests in `files` would do, without doing it. Never throws for what is in a file: what is wrong
 * there is a finding. Asks a cloud only where `options.live` is given.
 */
export async function explainFiles(
  files: readonly SourceFile[],
  catalog: DriverCatalog,
  options: ExplainOptions,
): Promise<Report> {
  return explainManifests(parseFiles(files), catalog, options);
}

export async function explainManifests(
  { manifests, findings }: ParsedFiles,
  catalog: DriverCatalog,
  options: ExplainOptions,
): Promise<Report> {
  const drivers = new Map<string, ExplainedDriver>();
  for (const name of namedDrivers(manifests)) {
    const driver = await catalog.loadDriver(name);
    if (driver !== undefined) drivers.set(name, { ...driver, explain: await driver.openExplain() });
  }
  const workspace: Workspace = { manifests, drivers, driverNames: catalog.driverNames, options };
  const objects: ObjectReport[] = [];
  for (const manifest of manifests) objects.push(...(await explainObject(manifest, workspace)));
  const files = [...findings, ...nothingHere(manifests, objects, findings)];
  return { version: 1, objects, files, summary: summarize(objects, files) };
}

async function explainObject(manifest: Manifest, workspace: Workspace): Promise<readonly ObjectReport[]> {
  const specPath = podSpecPaths[manifest.kind];
  if (specPath !== undefined) return explainWorkload(manifest, specPath, workspace);
  switch (manifest.kind) {
    case 'StorageClass':
      return [reportOf(manifest, undefined, await explainClass(manifest, workspace))];
    case 'PersistentVolumeClaim': {
      const claim = claimOf(manifest);
      const part = await explainClaim(claim, manifest, ['spec'], workspace);
      return [reportOf(manifest, claim.namespace, part)];
    }
    case 'PersistentVolume':
      return [reportOf(manifest, undefined, explainVolume(manifest, workspace))];
    case 'ResourceQuota':
      return [reportOf(manifest, namespaceOf(manifest), explainQuota(manifest, workspace))];
    default:
      return [];
  }
}

/** A workload without claims is not about storage and is left out. */
async function explainWorkload(
  manifest: Manifest,
  specPath: readonly string[],
  workspace: Workspace,
): Promise<readonly ObjectReport[]> {
  const templates = new Map<string, Claim>();
  const reports: ObjectReport[] = [];
  if (manifest.kind === 'StatefulSet')
    for (const { template, claim, specPath: at } of statefulClaims(manifest)) {
      templates.set(template, claim);
      const part = await explainClaim(claim, manifest, at, workspace);
      const copies = numberAt(manifest.value, 'spec', 'replicas') ?? 1;
      reports.push({
        ...reportOf(manifest, claim.namespace, {
          ...part,
          properties: [
            { name: 'copies', value: `${copies}, one for each pod of StatefulSet ${manifest.name}` },
            ...part.properties,
          ],
        }),
        kind: 'PersistentVolumeClaim',
        name: claim.name,
        line: manifest.lineOf(at),
      });
    }
  const part = await explainPod(manifest, specPath, templates, workspace);
  const own = reportOf(manifest, namespaceOf(manifest), part);
  return own.mounts.length + own.findings.length === 0 ? reports : [...reports, own];
}

function reportOf(
  manifest: Manifest,
  namespace: string | undefined,
  part: Pick<ObjectReport, 'driver' | 'properties' | 'mounts' | 'findings'>,
): ObjectReport {
  const { driver, properties, mounts, findings } = part;
  const types = typesByKind[manifest.kind];
  const mistyped = types === undefined ? [] : checkTypes(manifest, types);
  return {
    file: manifest.file,
    line: manifest.line,
    kind: manifest.kind,
    name: manifest.name,
    namespace,
    driver,
    properties,
    mounts,
    findings: [...mistyped, ...findings],
  };
}

function nothingHere(
  manifests: readonly Manifest[],
  objects: readonly ObjectReport[],
  findings: readonly FileFinding[],
): readonly FileFinding[] {
  if (objects.length > 0 || findings.length > 0) return [];
  const message =
    manifests.length === 0
      ? 'there is no Kubernetes object in it'
      : `nothing in it is about storage (${[...new Set(manifests.map(({ kind }) => kind))].join(', ')})`;
  return [
    { file: manifests[0]?.file ?? '', line: undefined, severity: 'note', field: '', message, fix: undefined },
  ];
}
