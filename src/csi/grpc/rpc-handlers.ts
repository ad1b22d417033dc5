import {
  type handleServerStreamingCall,
  type handleUnaryCall,
  type MethodDefinition,
  type ServiceDefinition,
  status,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { callerLeft, deadlinePassed } from '../abort-reasons.ts';
import type { CallOptions } from '../service.ts';
import { toCsiError, toStatus } from '../to-status.ts';
import type { RunningCalls } from './running-calls.ts';

/** A service of the protocol, as ts-proto generates it. */
export interface GeneratedService {
  readonly fullName: string;
  readonly methods: Readonly<Record<string, GeneratedMethod>>;
}

interface GeneratedMethod {
  readonly name: string;
  readonly requestType: Codec;
  readonly responseType: Codec;
  readonly responseStream: boolean;
}

/** Any message's codec; which one it is, the definition and the service agree on by their types. */
interface Codec {
  encode(message: never): { finish(): Uint8Array };
  decode(bytes: Uint8Array): object;
}

type AnyRpc = (request: never, options: CallOptions) => Promise<object>;

/** The definition in the form @grpc/grpc-js takes. */
export function toGrpcDefinition(service: GeneratedService): ServiceDefinition {
  return Object.fromEntries(
    Object.entries(service.methods).map(([key, method]): [string, MethodDefinition<object, object>] => [
      key,
      {
        path: `/${service.fullName}/${method.name}`,
        requestStream: false,
        responseStream: method.responseStream,
        requestSerialize: encodeWith(method.requestType),
        requestDeserialize: (bytes) => method.requestType.decode(bytes),
        responseSerialize: encodeWith(method.responseType),
        responseDeserialize: (bytes) => method.responseType.decode(bytes),
        originalName: key,
      },
    ]),
  );
}

const encodeWith =
  (codec: Codec) =>
  (message: object): Buffer =>
    Buffer.from(codec.encode(message as never).finish());

/** A handler for every RPC of the service: the given function, or UNIMPLEMENTED with a sentence where there is none. */
export function toGrpcHandlers(
  service: GeneratedService,
  rpcs: Readonly<Record<string, AnyRpc | undefined>>,
  calls: RunningCalls,
): UntypedServiceImplementation {
  return Object.fromEntries(
    Object.entries(service.methods).map(([key, method]) => {
      const rpc = rpcs[key];
      return [key, rpc === undefined ? unimplemented(method) : unary(method.name, rpc, calls)];
    }),
  );
}

function unary(name: string, rpc: AnyRpc, calls: RunningCalls): handleUnaryCall<object, object> {
  return function serve(call, callback) {
    const running = calls.start(name);
    const deadline = Number(call.getDeadline());
    let ended = false;
    // Comes at the deadline, when the caller leaves, and after every answer.
    call.on('cancelled', () => {
      if (!ended) running.abort.abort(Date.now() >= deadline ? deadlinePassed() : callerLeft());
    });
    const { signal } = running.abort;
    const options = Number.isFinite(deadline)
      ? { signal, deadline, signalEndsAtDeadline: true }
      : { signal, deadline: undefined };
    rpc(call.request as never, options)
      .then(
        (response) => callback(null, response),
        (error: unknown) => callback(toStatus(toCsiError(error, name, signal))),
      )
      .finally(() => {
        ended = true;
        running.end();
      });
  };
}

function unimplemented(
  method: GeneratedMethod,
): handleUnaryCall<object, object> | handleServerStreamingCall<object, object> {
  const refusal = { code: status.UNIMPLEMENTED, details: `this driver does not implement ${method.name}` };
  if (method.responseStream)
    return (call: { emit(event: 'error', error: object): boolean }) => void call.emit('error', refusal);
  return (_call, callback) => callback(refusal);
}
