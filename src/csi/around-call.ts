import type { Clock } from '../async/clock.ts';
import { withDeadline } from '../async/deadline.ts';
import { createKeyedLock } from '../async/keyed-lock.ts';
import type { Log } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { deadlinePassed } from './abort-reasons.ts';
import type { Call } from './call.ts';
import { CsiError } from './errors.ts';
import type { ProgressSink } from './progress.ts';
import { type Check, requireAll } from './requests/check.ts';
import { createRpcMetrics } from './rpc-metrics.ts';
import type { CallOptions, Rpc } from './service.ts';
import { stripSecrets } from './strip-secrets.ts';
import { statusName, toCsiError } from './to-status.ts';

/** What every service of a plugin is built with. */
export interface ServicePorts {
  /** The driver's name, for metrics. */
  readonly driverName: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
}

/** One RPC's part of a service; all else that happens around it is the same for every RPC. */
export interface RpcSpec<Request, Response> {
  /** As in the protocol: `CreateVolume`. */
  readonly name: string;
  readonly checks: readonly Check<Request>[];
  readonly lockKeys: (request: Request) => readonly string[];
  readonly handle: (request: Request, call: Call) => Response | Promise<Response>;
}

/** Called every few seconds by probes and kubelet: their lines would hide the others. */
const quiet: ReadonlySet<string> = new Set([
  'Probe',
  'GetPluginInfo',
  'GetPluginCapabilities',
  'ControllerGetCapabilities',
  'NodeGetCapabilities',
  'NodeGetVolumeStats',
]);

/**
 * Turns the RPCs of `service` into functions that log, measure, check, lock and answer with CsiErrors only, in this
 * order: log and metrics see every call, checks refuse before a lock is taken, a lock is held until the work has
 * really ended, also when the caller has long gone.
 */
export function createAroundCall(service: string, ports: ServicePorts, progress: ProgressSink) {
  const { clock } = ports;
  const lock = createKeyedLock();
  const observe = createRpcMetrics(ports.metrics, ports.driverName);

  async function checkedAndLocked<Request extends object, Response>(
    spec: RpcSpec<Request, Response>,
    request: Request,
    call: Call,
  ): Promise<Response> {
    requireAll(spec.checks, request);
    const held = lock.tryAcquire(spec.lockKeys(request));
    if ('busy' in held) {
      throw new CsiError(
        'aborted',
        `An operation with the given Volume ID ${volumeOf(request)} already exists`,
      );
    }
    try {
      call.signal.throwIfAborted();
      return await spec.handle(request, call);
    } finally {
      held.release();
    }
  }

  /** A log of its own is made only for the call that has something to say. */
  function callOf(signal: AbortSignal, deadline: number | undefined, log: Log, rpc: string): Call {
    let own: Log | undefined;
    return {
      signal,
      deadline,
      progress,
      get log() {
        own ??= log.child({ rpc });
        return own;
      },
    };
  }

  return function aroundCall<Request extends object, Response>(
    spec: RpcSpec<Request, Response>,
  ): Rpc<Request, Response> {
    const say = quiet.has(spec.name) ? 'debug' : 'info';
    // What a cloud does may take a quarter of an hour: who reads along wants to know that it was asked. Calls of the
    // node are short and many; one line says what was asked and what came of it.
    const inOneLine = service === 'Node' && say === 'info';
    return async function observedCall(request: Request, options: CallOptions): Promise<Response> {
      const log = options.log ?? ports.log;
      const rpc = spec.name;
      const started = clock.now();
      const timed = options.signalEndsAtDeadline ? undefined : options.deadline;
      const scope = withDeadline(clock, options.signal, timed, deadlinePassed);
      const call = callOf(scope.signal, options.deadline, log, rpc);
      log[inOneLine ? 'debug' : say](calledFields(rpc, request), 'called');
      const finished = (code: CsiError['code'] | 'ok') => {
        const elapsedMs = clock.now() - started;
        observe(`/csi.v1.${service}/${rpc}`, code, elapsedMs / 1000);
        const asked = inOneLine ? { request: stripSecrets(`${rpc}Request`, request) } : undefined;
        return { rpc, volume: volumeOf(request), ...asked, code: statusName(code), elapsedMs };
      };
      try {
        const response = await checkedAndLocked(spec, request, call);
        log[say](finished('ok'), 'done');
        return response;
      } catch (thrown) {
        const error = toCsiError(thrown, rpc, scope.signal);
        const fields = finished(error.code);
        if (error.code === 'internal') log.error({ ...fields, err: error }, 'failed');
        else log.warn({ ...fields, err: error }, 'refused or failed');
        throw error;
      } finally {
        scope.dispose();
      }
    };
  };
}

/** The copy without secrets is made when the line is written, which those of quiet RPCs mostly are not. */
function calledFields(rpc: string, request: object): object {
  return {
    rpc,
    get request() {
      return stripSecrets(`${rpc}Request`, request);
    },
  };
}

/** How a request names its volume: by id, or a create by name. */
function volumeOf(request: object): string | undefined {
  const { volumeId, name } = request as { volumeId?: string; name?: string };
  return volumeId ?? name;
}
