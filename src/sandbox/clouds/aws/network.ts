/** A subnet of the sandbox's one VPC, in its own zone. Every account sees it, as if it were shared. */
export interface Subnet {
  readonly id: string;
  /** The last letter of the zone's name. */
  readonly letter: string;
  /** Addresses begin with it; they are loopback ones, so that what runs on this machine reaches a mount target. */
  readonly firstOctets: string;
}

export const VPC_ID = 'vpc-0be57500000000001';
export const DEFAULT_SECURITY_GROUP = 'sg-0be57500000000001';

export const subnets: readonly Subnet[] = [
  { id: 'subnet-0be5750000000000a', letter: 'a', firstOctets: '127.89.0' },
  { id: 'subnet-0be5750000000000b', letter: 'b', firstOctets: '127.89.1' },
  { id: 'subnet-0be5750000000000c', letter: 'c', firstOctets: '127.89.2' },
];

export interface Zone {
  /** `eu-central-1a` */
  readonly name: string;
  /** `euc1-az1`: the same in every account. */
  readonly id: string;
}

export function zoneOf(region: string, letter: string): Zone {
  const short = region
    .split('-')
    .map((word, index) => (index === 1 ? abbreviation(word) : word))
    .join('');
  return { name: `${region}${letter}`, id: `${short}-az${letter.charCodeAt(0) - 96}` };
}

/** `central` is c, `southeast` is se. */
function abbreviation(direction: string): string {
  const [, first = '', second = ''] = /^(north|south|central|east|west)(east|west)?$/.exec(direction) ?? [];
  return first === '' ? direction.slice(0, 1) : first.charAt(0) + second.charAt(0);
}

const FIRST_HOST = 10;
const LAST_HOST = 250;

/** The lowest free address of the subnet, or undefined where none is left. */
export function freeAddress(subnet: Subnet, taken: ReadonlySet<string>): string | undefined {
  for (let host = FIRST_HOST; host <= LAST_HOST; host++) {
    const address = `${subnet.firstOctets}.${host}`;
    if (!taken.has(address)) return address;
  }
  return undefined;
}
