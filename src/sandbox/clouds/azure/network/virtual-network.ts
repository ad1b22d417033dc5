/** A virtual network as the state keeps it. */
export interface VirtualNetwork {
  readonly resourceGroup: string;
  readonly name: string;
  readonly location: string;
  readonly addressPrefix: string;
  readonly subnets: readonly Subnet[];
}

export interface Subnet {
  readonly name: string;
  /** IPv4, CIDR form. */
  readonly addressPrefix: string;
}

/** Azure keeps five addresses of every subnet for itself. */
const RESERVED_ADDRESSES = 5;

/** Addresses of a subnet that resources may take. */
export function usableAddresses(subnet: Subnet): number {
  const prefixLength = Number(subnet.addressPrefix.split('/')[1]);
  return 2 ** (32 - prefixLength) - RESERVED_ADDRESSES;
}
