import { runOrder } from '../orders/run-order.ts';

// The process that does one order, without the command line around it.
process.stdout.write(await runOrder(process.argv.at(-1) ?? ''));
