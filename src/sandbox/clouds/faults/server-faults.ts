import { type FaultKindInfo, integer, rate, times } from './fault.ts';

/** Of any HTTP server, in every simulated cloud alike. `status`: the HTTP status where a person gives none. */
export const serverError = (status: 500 | 503) =>
  ({
    description: 'answers with an error of the server; nothing is done',
    parameters: {
      times: times(1),
      rate,
      status: {
        description: 'HTTP status',
        values: { type: 'choice', choices: [500, 502, 503, 504] },
        default: status,
      },
    },
  }) as const satisfies FaultKindInfo;

export const loseResponse = {
  description: 'does what a changing request asks, then resets the connection instead of answering',
  parameters: { times: times(1), rate },
} as const satisfies FaultKindInfo;

export const slow = {
  description: 'waits before every answer',
  parameters: {
    milliseconds: { ...integer('wait, in real time', 1, 3_600_000), default: 2000 },
    times: times(),
  },
} as const satisfies FaultKindInfo;
