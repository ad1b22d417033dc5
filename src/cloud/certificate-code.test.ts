import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isCertificateCode } from './certificate-code.ts';

test('refused certificates are told from broken connections', () => {
  for (const code of ['CERT_HAS_EXPIRED', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'ERR_TLS_CERT_ALTNAME_INVALID'])
    assert.ok(isCertificateCode(code), code);
  for (const code of ['ECONNRESET', 'ETIMEDOUT', 'PARSE_ERROR', ''])
    assert.ok(!isCertificateCode(code), code);
});
