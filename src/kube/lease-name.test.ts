import assert from 'node:assert/strict';
import { test } from 'node:test';
import { leaseName } from './lease-name.ts';

test('the lease has the name that the standard sidecars use, so that both never lead at once', () => {
  assert.equal(leaseName('azurelustre.csi.azure.com'), 'azurelustre-csi-azure-com');
  assert.equal(
    leaseName('azurelustre.csi.azure.com', 'external-resizer-'),
    'external-resizer-azurelustre-csi-azure-com',
  );
  assert.equal(leaseName('a/b.'), 'a-b-X');
});
