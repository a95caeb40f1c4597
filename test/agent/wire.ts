import { fileURLToPath } from 'node:url';
import { loadSync, type MethodDefinition, type ServiceDefinition } from '@grpc/proto-loader';

type Definition = MethodDefinition<object, object>;

const file = fileURLToPath(new URL('agent.proto', import.meta.url));
const loaded = loadSync(file, { keepCase: true, defaults: true, arrays: true, longs: Number });
const methods = loaded['agent.AgentService'] as ServiceDefinition;
const call = (loaded['agent.Envelope'] as ServiceDefinition)['Call'] as Definition;

function method(name: string): Definition {
  const found = methods[name];
  if (found === undefined) throw new Error(`agent.proto has no method ${name}`);
  return found;
}

/** The messages, encoded and decoded by another library. */
export const wire = {
  writeRequest: (name: string, message: object): Buffer => method(name).requestSerialize(message),
  readRequest: (name: string, bytes: Uint8Array): object => method(name).requestDeserialize(Buffer.from(bytes)),
  writeAnswer: (name: string, message: object): Buffer => method(name).responseSerialize(message),
  readAnswer: (name: string, bytes: Uint8Array): object => method(name).responseDeserialize(Buffer.from(bytes)),
  writeCall: (message: object): Buffer => call.requestSerialize(message),
  readCall: (bytes: Uint8Array): Call => call.requestDeserialize(Buffer.from(bytes)) as Call,
  writeResponse: (message: object): Buffer => call.responseSerialize(message),
  readResponse: (bytes: Uint8Array): Answer => call.responseDeserialize(Buffer.from(bytes)) as Answer,
};

/** A call in its envelope. */
export interface Call {
  readonly service: string;
  readonly method: string;
  readonly payload: Uint8Array;
  readonly timeout_nano: number;
}

/** An answer in its envelope. */
export interface Answer {
  readonly status: { readonly code: number; readonly message: string } | null;
  readonly payload: Uint8Array;
}

/** A frame of ttrpc. */
export function frame(stream: number, type: number, data: Uint8Array, length = data.length): Buffer {
  const header = Buffer.alloc(10);
  header.writeUInt32BE(length, 0);
  header.writeUInt32BE(stream, 4);
  header.writeUInt8(type, 8);
  return Buffer.concat([header, data]);
}
