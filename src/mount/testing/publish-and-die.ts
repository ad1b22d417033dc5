import { silentLog } from '../../telemetry/log.ts';
import { createMounts } from '../create-mounts.ts';
import { createRunCommand } from '../run-command.ts';
import { publishTo, testCall, tmpfsPlan } from './kernel-calls.ts';

// A node plugin that does one operation and is killed at one of its steps:
// node publish-and-die.ts publish|unpublish TARGET [STEP]

const [operation, target = '', fatalStep] = process.argv.slice(2);

/** SIGKILL is not seen by anything in here: no clean-up runs. */
async function step(name: string): Promise<void> {
  if (name !== fatalStep) return;
  process.kill(process.pid, 'SIGKILL');
  await new Promise(() => {});
}

const kernel = createRunCommand();
const mounts = createMounts({
  log: silentLog,
  async run(command) {
    await step(`before ${command.program}`);
    const result = await kernel(command);
    await step(`after ${command.program}`);
    return result;
  },
});

if (operation === 'unpublish') await mounts.unpublish(target, testCall());
else {
  const prepare = async () => {
    await step('while preparing');
    return { undo: () => step('while undoing') };
  };
  const options = operation === 'fail' ? ['nonsense=1'] : [];
  const plan = tmpfsPlan({ options });
  await mounts.publish({ plan: () => plan, prepare }, plan, publishTo(target), testCall());
}
