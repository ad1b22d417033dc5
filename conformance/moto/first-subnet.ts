/** A subnet of moto's default VPC, in the first zone. moto takes any Authorization header that names the service. */
export async function firstSubnet(url: string, region: string): Promise<string> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=any/20260101/${region}/ec2/aws4_request, SignedHeaders=host, Signature=00`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: new URLSearchParams({
      Action: 'DescribeSubnets',
      Version: '2016-11-15',
      'Filter.1.Name': 'availability-zone',
      'Filter.1.Value.1': `${region}a`,
    }),
  });
  const id = /<subnetId>([^<]+)<\/subnetId>/.exec(await answer.text())?.[1];
  if (id === undefined) throw new Error('moto has no subnet');
  return id;
}
