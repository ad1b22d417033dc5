import type { AwsResponse } from '../http/aws-request.ts';
import { subnets, VPC_ID, zoneOf } from '../network.ts';
import { type QueryRequest, xmlResponse } from '../query/query-request.ts';
import { type Xml, xmlDocument } from '../query/xml.ts';

const NAMESPACE = 'http://ec2.amazonaws.com/doc/2016-11-15/';

/** As much of EC2 as goes with EFS: its zones and the VPC's subnets. Undefined for any other action. */
export function serveEc2(
  { action }: QueryRequest,
  { region, account }: { readonly region: string; readonly account: string },
): AwsResponse | undefined {
  const content = contentOf(action, region, account);
  if (content === undefined) return undefined;
  const body = xmlDocument(`${action}Response`, { requestId: crypto.randomUUID(), ...content }, NAMESPACE);
  return xmlResponse(200, body);
}

function contentOf(
  action: string,
  region: string,
  account: string,
): { readonly [name: string]: Xml } | undefined {
  switch (action) {
    case 'DescribeAvailabilityZones':
      return { availabilityZoneInfo: { item: subnets.map(({ letter }) => zone(region, letter)) } };
    case 'DescribeSubnets':
      return {
        subnetSet: {
          item: subnets.map(({ id, letter, firstOctets }) => ({
            subnetId: id,
            vpcId: VPC_ID,
            state: 'available',
            cidrBlock: `${firstOctets}.0/24`,
            availabilityZone: zoneOf(region, letter).name,
            availabilityZoneId: zoneOf(region, letter).id,
            ownerId: account,
            subnetArn: `arn:aws:ec2:${region}:${account}:subnet/${id}`,
          })),
        },
      };
    default:
      return undefined;
  }
}

function zone(region: string, letter: string): Xml {
  const { name, id } = zoneOf(region, letter);
  return {
    zoneName: name,
    zoneId: id,
    regionName: region,
    zoneState: 'available',
    zoneType: 'availability-zone',
    optInStatus: 'opt-in-not-required',
    groupName: region,
  };
}
