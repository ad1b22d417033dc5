import { describe, test } from 'node:test';
import { controllerCases } from './conformance/controller-cases.ts';
import { nodeCases } from './conformance/node-cases.ts';
import { type DriverUnderTest, openSession } from './conformance/session.ts';

export type { DriverUnderTest } from './conformance/session.ts';

const suites = { controller: controllerCases, node: nodeCases } as const;

/** The sentence that names a case, as the test runner shows it. */
export type ConformanceCase = keyof typeof controllerCases | keyof typeof nodeCases;

export interface ConformanceOptions {
  /** Makes a fresh driver over an empty cloud and node; called once for each case. */
  readonly newDriver: () => DriverUnderTest | Promise<DriverUnderTest>;
  /** Which faces the driver has; both where absent. */
  readonly faces?: readonly (keyof typeof suites)[];
  /** Cases that do not hold for this driver, each with the reason that the runner prints. */
  readonly skip?: Readonly<Partial<Record<ConformanceCase, string>>>;
}

/**
 * Registers the tests that every driver must pass. Called from a driver's own test file:
 *
 * @example
 * driverConformance({
 *   newDriver: () => ({ driver, mounts: createFakeMounts(), clock, createRequest: { parameters }, conflicting }),
 *   skip: { 'a name of 128 characters …': 'the cloud has no names' },
 * });
 */
export function driverConformance({
  newDriver,
  faces = ['controller', 'node'],
  skip = {},
}: ConformanceOptions): void {
  for (const face of faces) {
    describe(`driver conformance: ${face}`, () => {
      for (const [name, run] of Object.entries(suites[face])) {
        test(name, { skip: skip[name as ConformanceCase] ?? false }, async () => {
          const under = await newDriver();
          try {
            await run(openSession(under));
          } finally {
            await under.close?.();
          }
        });
      }
    });
  }
}
