import type { Draft, Fields, Message } from './message.ts';

// The messages that dan exchanges with the agent. The field numbers are those of Kata 4.1.0, in
// src/libs/protocols/protos: types.proto, agent.proto. Request, Response and Status are those of ttrpc (request.proto
// of containerd's ttrpc, google/rpc/status.proto). Fields that dan neither writes nor reads are left out.

/** The service of all methods. */
export const agentService = 'grpc.AgentService';

const ipAddress = { family: [1, 'int32'], address: [2, 'string'], mask: [3, 'string'] } as const satisfies Fields;

const guestInterface = {
  device: [1, 'string'],
  name: [2, 'string'],
  IPAddresses: [3, ipAddress, 'repeated'],
  mtu: [4, 'uint64'],
  hwAddr: [5, 'string'],
  devicePath: [6, 'string'],
  raw_flags: [8, 'uint32'],
} as const satisfies Fields;

const route = {
  dest: [1, 'string'],
  gateway: [2, 'string'],
  device: [3, 'string'],
  source: [4, 'string'],
  scope: [5, 'uint32'],
  family: [6, 'int32'],
  flags: [7, 'uint32'],
  mtu: [8, 'uint32'],
} as const satisfies Fields;

const neighbor = {
  toIPAddress: [1, ipAddress],
  device: [2, 'string'],
  lladdr: [3, 'string'],
  state: [4, 'int32'],
  flags: [5, 'int32'],
} as const satisfies Fields;

/** The answer of ListInterfaces. */
export const interfaces = { Interfaces: [1, guestInterface, 'repeated'] } as const satisfies Fields;

/** The answer of ListRoutes, and the request of UpdateRoutes. */
export const routes = { Routes: [1, route, 'repeated'] } as const satisfies Fields;

const neighbors = { ARPNeighbors: [1, neighbor, 'repeated'] } as const satisfies Fields;

/** The request of each method. */
export const requests = {
  UpdateInterface: { interface: [1, guestInterface] },
  UpdateRoutes: { routes: [1, routes] },
  AddARPNeighbors: { neighbors: [1, neighbors] },
  ListInterfaces: {},
  ListRoutes: {},
} as const satisfies Readonly<Record<string, Fields>>;

/** A method of the agent that dan calls. */
export type Method = keyof typeof requests;

/** The data of a request frame. */
export const request = {
  service: [1, 'string'],
  method: [2, 'string'],
  payload: [3, 'bytes'],
  timeout_nano: [4, 'int64'],
} as const satisfies Fields;

/** The result of a call: a code of google.rpc.Code, and a message. */
const status = { code: [1, 'int32'], message: [2, 'string'] } as const satisfies Fields;

/** The data of a response frame. */
export const response = { status: [1, status], payload: [2, 'bytes'] } as const satisfies Fields;

export type InterfaceDraft = Draft<typeof guestInterface>;
export type RouteDraft = Draft<typeof route>;
export type NeighborDraft = Draft<typeof neighbor>;
export type InterfaceMessage = Message<typeof guestInterface>;
export type RouteMessage = Message<typeof route>;
