import type { Authority } from '../../sandbox/pki/authority.ts';
import type { KeyedCertificate } from '../../sandbox/pki/certificate.ts';

/** Where every server of a sandbox listens. */
export const HOST = '127.0.0.1';

export function serverCertificate(authority: Authority): Promise<KeyedCertificate> {
  return authority.issue({ commonName: 'berth-sandbox', dnsNames: ['localhost'], ipAddresses: [HOST] });
}
