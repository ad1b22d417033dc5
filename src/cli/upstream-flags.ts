import { CommandFailure, exitCodes } from './exit-codes.ts';

/** What becomes of one flag of the upstream driver. */
type Rule =
  | { readonly kind: 'renamed'; readonly to: string }
  /** A boolean that is on unless it is switched off. */
  | { readonly kind: 'on-by-default'; readonly off: string }
  /** A boolean that is off unless it is switched on. */
  | { readonly kind: 'off-by-default'; readonly on: string }
  | { readonly kind: 'ignored'; readonly takesValue: boolean; readonly instead: string }
  /** Harmless when it is off; on, it asks for what this program does not do. */
  | { readonly kind: 'mock' };

const ignored = (instead: string, takesValue = true): Rule => ({ kind: 'ignored', takesValue, instead });
const klog = (takesValue: boolean) => ignored('choose with --log-level', takesValue);

const shared: Readonly<Record<string, Rule>> = {
  endpoint: { kind: 'renamed', to: '--endpoint' },
  drivername: { kind: 'renamed', to: '--driver' },
  'enable-azurelustre-mock-mount': { kind: 'mock' },
  'enable-azurelustre-mock-dyn-prov': { kind: 'mock' },
  v: klog(true),
  vmodule: klog(true),
  stderrthreshold: klog(true),
  logtostderr: klog(false),
  alsologtostderr: klog(false),
};

const nodeOnly = 'only the node plugin has a use for it';
const noEfsUtils = 'there is no efs-utils beside this program to configure';
const measuredAnyway = 'volumes are measured anyway';

/** Of upstream's EFS driver, whose controller and node plugin are one program. */
const efs: Readonly<Record<string, Rule>> = {
  'efs-utils-config-dir-path': ignored(noEfsUtils),
  'efs-utils-config-legacy-dir-path': ignored(noEfsUtils),
  'efs-utils-static-files-path': ignored(noEfsUtils),
  'efs-utils-conf-overrides': ignored(noEfsUtils),
  's3files-utils-conf-overrides': ignored(noEfsUtils),
  'efs-cloudwatch-log-enabled': ignored(noEfsUtils, false),
  's3files-cloudwatch-log-enabled': ignored(noEfsUtils, false),
  's3files-cloudwatch-metrics-enabled': ignored(noEfsUtils, false),
  'adaptive-retry-mode': ignored('AWS is always asked at the rate it allows', false),
  'debug-logs': ignored('choose with --log-level', false),
  'vol-metrics-opt-in': ignored(measuredAnyway, false),
  'vol-metrics-refresh-period': ignored(measuredAnyway),
  'vol-metrics-fs-rate-limit': ignored(measuredAnyway),
  'max-inflight-mount-calls-opt-in': ignored('a mount costs no process here', false),
  'max-inflight-mount-calls': ignored('a mount costs no process here'),
  'volume-attach-limit-opt-in': ignored('there is no limit to volumes of a node', false),
  'volume-attach-limit': ignored('there is no limit to volumes of a node'),
  'force-unmount-after-timeout': ignored('an unmount that hangs is always ended', false),
  'unmount-timeout': ignored('an unmount that hangs is always ended'),
  'http-endpoint': ignored('metrics are at --health-port'),
  'metrics-cert-file': ignored('metrics are at --health-port'),
  'metrics-key-file': ignored('metrics are at --health-port'),
};

const rules: Readonly<Record<string, Readonly<Record<string, Rule>>>> = {
  node: {
    ...shared,
    ...efs,
    tags: ignored('only the controller has a use for it'),
    'delete-access-point-root-dir': ignored('only the controller has a use for it', false),
    nodeid: { kind: 'renamed', to: '--node-id' },
    'working-mount-dir': { kind: 'renamed', to: '--working-mount-dir' },
    'remove-not-ready-taint': { kind: 'on-by-default', off: '--no-remove-not-ready-taint' },
  },
  controller: {
    ...shared,
    ...efs,
    tags: { kind: 'renamed', to: '--tags' },
    'delete-access-point-root-dir': { kind: 'off-by-default', on: '--delete-access-point-root-dir' },
    nodeid: ignored(nodeOnly),
    'working-mount-dir': ignored(nodeOnly),
    'remove-not-ready-taint': ignored(nodeOnly, false),
  },
};

/**
 * The arguments of a plugin with the upstream driver's flags in this program's words, so that its manifests start this
 * image with no more than the role put in front. Go's flag syntax counts: one dash or two, `-name value` or
 * `-name=value`, booleans only as `-name` or `-name=false`.
 *
 * @param argv as `process.argv`; the command is the third
 * @returns `notices`: a sentence for each flag that has no effect here
 * @throws CommandFailure for a flag that asks for a mock
 */
export function translateUpstreamFlags(argv: readonly string[]): {
  readonly argv: readonly string[];
  readonly notices: readonly string[];
} {
  const known = rules[argv[2] ?? ''];
  if (known === undefined) return { argv, notices: [] };
  const translated = argv.slice(0, 3);
  const notices: string[] = [];
  const rest = argv.slice(3);
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const flag = /^--?(?<name>[a-z][a-z0-9-]*)(?:=(?<value>.*))?$/s.exec(word)?.groups;
    const rule = flag?.name === undefined ? undefined : known[flag.name];
    if (rule === undefined) {
      translated.push(word);
      continue;
    }
    const next = () => flag?.value ?? rest.shift() ?? '';
    switch (rule.kind) {
      case 'renamed':
        translated.push(rule.to, next());
        break;
      case 'on-by-default':
        if (isFalse(flag?.value)) translated.push(rule.off);
        break;
      case 'off-by-default':
        if (!isFalse(flag?.value)) translated.push(rule.on);
        break;
      case 'ignored':
        if (rule.takesValue) next();
        notices.push(`${word} has no effect: ${rule.instead}`);
        break;
      case 'mock':
        if (!isFalse(flag?.value)) throw noMock(word);
    }
  }
  return { argv: translated, notices };
}

/** As Go's strconv.ParseBool. */
const isFalse = (value: string | undefined) => value !== undefined && /^(0|f|false)$/i.test(value);

function noMock(flag: string): CommandFailure {
  return new CommandFailure(
    exitCodes.wrongUsage,
    `${flag} is not offered: this program never pretends to mount or to create; "berth sandbox start" has a simulated Azure`,
  );
}
