import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { DecodeError, decode } from './decode.ts';

const refusal = (type: string, value: unknown): string => {
  try {
    decode(type, value);
  } catch (error) {
    if (error instanceof DecodeError) return error.message;
    throw error;
  }
  return assert.fail('decoded');
};

describe('decoding an object as its type', () => {
  test('a number where a text belongs is refused in the words of Go', () => {
    assert.equal(
      refusal('V1StorageClass', { parameters: { zone: 1 } }),
      'json: cannot unmarshal number into Go struct field StorageClass.parameters of type string',
    );
  });

  test('the field is named by the innermost struct and the path from the root', () => {
    assert.equal(
      refusal('V1PersistentVolumeClaim', { spec: { accessModes: 'ReadWriteMany' } }),
      'json: cannot unmarshal string into Go struct field PersistentVolumeClaimSpec.spec.accessModes of type []v1.PersistentVolumeAccessMode',
    );
    assert.equal(
      refusal('V1PersistentVolumeClaim', { spec: { accessModes: [5] } }),
      'json: cannot unmarshal number into Go struct field PersistentVolumeClaimSpec.spec.accessModes of type v1.PersistentVolumeAccessMode',
    );
    assert.equal(
      refusal('V1Pod', { spec: { containers: [{ image: true }] } }),
      'json: cannot unmarshal bool into Go struct field Container.spec.containers.image of type string',
    );
    assert.equal(
      refusal('V1Deployment', { spec: { replicas: '3' } }),
      'json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32',
    );
    assert.equal(
      refusal('V1PersistentVolumeClaim', { spec: [] }),
      'json: cannot unmarshal array into Go struct field PersistentVolumeClaim.spec of type v1.PersistentVolumeClaimSpec',
    );
  });

  test('an integer with a fraction is named with its value', () => {
    assert.match(
      refusal('V1Deployment', { spec: { replicas: 1.5 } }),
      /cannot unmarshal number 1\.5 into .* int32$/,
    );
  });

  test('unknown fields are left out and reported with their indexes', () => {
    const { value, unknownFields } = decode('V1Pod', {
      spec: { containers: [{ name: 'a', foo: 1 }], bar: {} },
      constructor: 1,
    });
    assert.deepEqual(value, { spec: { containers: [{ name: 'a' }] } });
    assert.deepEqual(unknownFields, ['spec.containers[0].foo', 'spec.bar', 'constructor']);
  });

  test('null is absence', () => {
    const { value } = decode('V1Secret', { metadata: { creationTimestamp: null }, data: null });
    assert.deepEqual(value, { metadata: {} });
  });

  test('sizes may be numbers and come out in canonical form', () => {
    const { value } = decode('V1PersistentVolumeClaim', {
      spec: { resources: { requests: { storage: 2048 } } },
    });
    assert.deepEqual(value, { spec: { resources: { requests: { storage: '2048' } } } });
    assert.match(
      refusal('V1PersistentVolumeClaim', { spec: { resources: { requests: { storage: '48Zi' } } } }),
      /^quantities must match the regular expression/,
    );
  });

  test('broken base64 and broken times are refused', () => {
    assert.equal(refusal('V1Secret', { data: { a: '??' } }), 'illegal base64 data at input byte 0');
    assert.match(refusal('V1Lease', { spec: { renewTime: 'yesterday' } }), /^parsing time "yesterday"/);
  });
});
