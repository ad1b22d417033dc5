import { ArmError } from './arm-error.ts';

/** Newest version the simulated ARM speaks; later ones are refused as unknown. */
export const NEWEST_API_VERSION = '2026-08-01';

export interface ResourceType {
  readonly name: string;
  readonly apiVersions: readonly string[];
  /** Dated versions from here to the newest are taken too: providers that publish every few weeks. */
  readonly openFrom?: string;
}

export interface ResourceProvider {
  readonly namespace: string;
  readonly resourceTypes: readonly ResourceType[];
}

const STORAGE_CACHE = [
  '2019-08-01-preview',
  '2019-11-01',
  '2020-03-01',
  '2020-10-01',
  '2021-03-01',
  '2021-05-01',
  '2021-09-01',
  '2021-10-01-preview',
  '2022-01-01',
  '2022-05-01',
  '2023-01-01',
  '2023-03-01-preview',
  '2023-05-01',
  '2023-11-01-preview',
  '2024-03-01',
  '2024-07-01',
  '2025-07-01',
  '2026-01-01',
  NEWEST_API_VERSION,
];
/** Managed Lustre came to the provider later, its expansion later still. */
const MANAGED_LUSTRE = STORAGE_CACHE.slice(STORAGE_CACHE.indexOf('2023-03-01-preview'));
const since = (version: string) => STORAGE_CACHE.slice(STORAGE_CACHE.indexOf(version));

// The providers below have published dozens of versions; those before `openFrom` are the ones their SDKs have used.
const NETWORK =
  `2015-05-01-preview 2015-06-15 2016-03-30 2016-06-01 2016-07-01 2016-08-01 2016-09-01 2016-10-01
  2016-11-01 2016-12-01 2017-03-01 2017-04-01 2017-06-01 2017-08-01 2017-09-01 2017-10-01 2017-11-01 2018-01-01
  2018-02-01 2018-03-01 2018-04-01 2018-05-01 2018-06-01 2018-07-01 2018-08-01 2018-10-01 2018-11-01 2018-12-01
  2019-02-01 2019-04-01 2019-06-01 2019-07-01 2019-08-01 2019-09-01 2019-11-01 2019-12-01`.split(/\s+/);
const RESOURCES =
  `2014-04-01 2015-01-01 2015-11-01 2016-02-01 2016-06-01 2016-07-01 2016-09-01 2017-05-10 2018-01-01
  2018-02-01 2018-05-01 2018-06-01 2018-08-01 2019-03-01 2019-05-01 2019-05-10 2019-06-01 2019-07-01 2019-08-01
  2019-10-01 2019-11-01`.split(/\s+/);

const typed = (names: readonly string[], apiVersions: readonly string[], openFrom?: string): ResourceType[] =>
  names.map((name) => ({ name, apiVersions, ...(openFrom === undefined ? {} : { openFrom }) }));

export const resourceProviders: readonly ResourceProvider[] = [
  {
    namespace: 'Microsoft.StorageCache',
    resourceTypes: [
      ...typed(
        ['operations', 'skus', 'usageModels', 'locations', 'locations/usages', 'locations/ascOperations'],
        STORAGE_CACHE,
      ),
      ...typed(['amlFilesystems', 'checkAmlFSSubnets', 'getRequiredAmlFSSubnetsSize'], MANAGED_LUSTRE),
      ...typed(['amlFilesystems/importJobs'], since('2024-03-01')),
      ...typed(['amlFilesystems/autoImportJobs', 'amlFilesystems/autoExportJobs'], since('2025-07-01')),
      ...typed(['amlFilesystems/expansionJobs'], since('2026-01-01')),
      ...typed(['amlFilesystems/rebalanceJobs'], since('2026-08-01')),
    ],
  },
  {
    namespace: 'Microsoft.Network',
    resourceTypes: typed(
      ['virtualNetworks', 'virtualNetworks/subnets', 'virtualNetworks/usages'],
      NETWORK,
      '2020-01-01',
    ),
  },
  {
    namespace: 'Microsoft.Resources',
    resourceTypes: typed(
      ['subscriptions', 'resourceGroups', 'tenants', 'providers'],
      RESOURCES,
      '2020-01-01',
    ),
  },
];

export function findProvider(namespace: string): ResourceProvider | undefined {
  return resourceProviders.find((provider) => provider.namespace.toLowerCase() === namespace.toLowerCase());
}

/** The version of a request for `namespace`/`typeName`, or ARM's refusal of it. */
export function checkApiVersion(
  namespace: string,
  typeName: string,
  version: string | undefined,
  location: string,
): string {
  if (!version) {
    throw new ArmError(
      400,
      'MissingApiVersionParameter',
      'The api-version query parameter (?api-version=) is required for all requests.',
    );
  }
  const type = findProvider(namespace)?.resourceTypes.find(({ name }) => name === typeName);
  if (type === undefined) throw new Error(`no resource type ${namespace}/${typeName} is registered`);
  if (!isDated(version)) {
    throw new ArmError(
      400,
      'InvalidApiVersionParameter',
      `The api-version '${version}' is invalid. The supported versions are '${newestFirst(type).join(',')}'.`,
    );
  }
  if (!isSupported(type, version)) {
    throw new ArmError(
      400,
      'NoRegisteredProviderFound',
      `No registered resource provider found for location '${location}' and API version '${version}' for type '${typeName}'. The supported api-versions are '${newestFirst(type).join(', ')}'. The supported locations are '${location}'.`,
    );
  }
  return version.toLowerCase();
}

function isDated(version: string): boolean {
  return /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])(-[a-z]+)?$/i.test(version);
}

function isSupported(type: ResourceType, version: string): boolean {
  const wanted = version.toLowerCase();
  if (type.apiVersions.includes(wanted)) return true;
  const date = wanted.slice(0, 10);
  return type.openFrom !== undefined && date >= type.openFrom && date <= NEWEST_API_VERSION;
}

function newestFirst(type: ResourceType): string[] {
  const versions = [...type.apiVersions].reverse();
  return type.openFrom === undefined ? versions : [NEWEST_API_VERSION, ...versions];
}
