import type { Stage } from './scenes.ts';

const examples = 'examples/aws-efs';
/** Of the class, which is the documented one unchanged. */
const FILE_SYSTEM = 'fs-a5324911';

/** The short second act: a claim is an access point of an Amazon EFS file system, and two pods share it. */
export async function amazonEfs(stage: Stage): Promise<void> {
  const { cluster, screen, efs } = stage;
  screen.heading('Amazon EFS: the claim is an access point of a file system that exists');
  await cluster.apply(`${examples}/storageclass.yaml`);
  await cluster.apply(`${examples}/pvc.yaml`);
  await stage.watchClaim('test');
  await cluster.get('pvc');
  screen.say('In the simulated AWS, with a group that no other volume has:');
  screen.output(await efs.describe(FILE_SYSTEM));
  if (stage.isolation !== 'none') await shareBetweenPods(stage);
  await cluster.delete('pvc', 'test');
  await efs.waitForCount(FILE_SYSTEM, 0);
  await cluster.delete('storageclass', 'efs-sc');
  screen.say('The access point is gone; the data stays in its directory unless it is told otherwise.');
}

async function shareBetweenPods({ cluster, screen }: Stage): Promise<void> {
  await cluster.apply(`${examples}/pods.yaml`);
  for (const pod of ['efs-app', 'efs-app-2']) await cluster.waitReady(pod);
  const disks = await cluster.exec('efs-app-2', ['df', '-h']);
  const line = disks.split('\n').find((row) => row.endsWith(' /data'));
  if (!line?.startsWith('127.0.0.1:/ ')) throw new Error('df -h in the pod shows no tunnel to EFS at /data');
  screen.say(`The source is the node’s own end of its tunnel to EFS: ${line.replace(/\s+/g, ' ')}`);
  const dates = await cluster.exec('efs-app-2', ['tail', '-n', '3', '/data/out']);
  if (!dates.trim()) throw new Error('the second pod reads nothing of what the first has written');
  for (const pod of ['efs-app', 'efs-app-2']) await cluster.delete('pod', pod, ['--grace-period=1']);
}
