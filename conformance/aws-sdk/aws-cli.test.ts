import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import { content, crossAccountRole } from '../../src/sandbox/clouds/aws/content.ts';
import { preparePython } from './python-environment.ts';
import { startAws } from './start-aws.ts';

const run = promisify(execFile);

/** The `aws` command with its output parsed; undefined where it cannot be had, and the test is then skipped. */
async function awsCli(t: TestContext) {
  const environment = await preparePython();
  if ('missing' in environment) {
    t.skip(environment.missing);
    return undefined;
  }
  const { env } = await startAws(t);
  return async (...args: string[]): Promise<Readonly<Record<string, unknown>>> => {
    const { stdout } = await run(environment.python, ['-B', '-m', 'awscli', '--output', 'json', ...args], {
      env: { PATH: process.env.PATH, AWS_MAX_ATTEMPTS: '1', ...env },
      timeout: 60_000,
    });
    return stdout.trim() === '' ? {} : JSON.parse(stdout);
  };
}

const words = (text: string) => text.split(' ');

test('the aws command line makes, lists, tags and deletes an access point', {
  timeout: 180_000,
}, async (t) => {
  const aws = await awsCli(t);
  if (aws === undefined) return;
  const create = [
    ...words(`efs create-access-point --client-token cli-1 --file-system-id ${content.fileSystemId}`),
    ...words('--posix-user Uid=1000,Gid=1000,SecondaryGids=1,2'),
    ...words('--root-directory Path=/cli,CreationInfo={OwnerUid=1000,OwnerGid=1000,Permissions=0755}'),
    ...words('--tags Key=Name,Value=from-the-cli'),
  ];
  const made = await aws(...create);
  assert.equal(made.Name, 'from-the-cli');
  await assert.rejects(aws(...create), /AccessPointAlreadyExists/);
  const id = String(made.AccessPointId);
  await aws(...words(`efs tag-resource --resource-id ${id} --tags Key=a,Value=b`));
  const listed = await aws(...words(`efs describe-access-points --file-system-id ${content.fileSystemId}`));
  assert.match(JSON.stringify(listed), /"SecondaryGids":\[1,2\]/);
  await aws(...words(`efs delete-access-point --access-point-id ${id}`));
});

test('it reads file systems and mount targets, and who it is', { timeout: 180_000 }, async (t) => {
  const aws = await awsCli(t);
  if (aws === undefined) return;
  const systems = await aws(...words('efs describe-file-systems'));
  assert.match(JSON.stringify(systems), new RegExp(content.fileSystemId));
  const targets = await aws(...words(`efs describe-mount-targets --file-system-id ${content.fileSystemId}`));
  assert.match(JSON.stringify(targets), /"AvailabilityZoneName":"eu-central-1c"/);
  assert.equal((await aws(...words('sts get-caller-identity'))).Account, content.account);
  const assumed = await aws(
    ...words(`sts assume-role --role-arn ${crossAccountRole.arn} --role-session-name cli`),
    ...words(`--external-id ${crossAccountRole.externalId}`),
  );
  assert.match(JSON.stringify(assumed), /"AccessKeyId":"ASIA/);
  const zones = await aws(...words('ec2 describe-availability-zones'));
  assert.match(JSON.stringify(zones), /"ZoneId":"euc1-az1"/);
});
