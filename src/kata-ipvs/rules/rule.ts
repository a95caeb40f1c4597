import { type Endpoint, endpointText } from './endpoint.ts';

/** The ways in which ip_vs chooses a server; each is a kernel module. */
export const schedulers = ['rr', 'wrr', 'lc', 'wlc', 'lblc', 'lblcr', 'dh', 'sh', 'sed', 'nq'] as const;

/** One of {@link schedulers}. */
export type Scheduler = (typeof schedulers)[number];

/** A virtual service: what clients connect to. */
export interface Service {
  readonly protocol: 'tcp' | 'udp';
  readonly at: Endpoint;
}

/** A virtual service with how it is balanced. */
export interface ServiceRule {
  readonly do: 'add-service' | 'edit-service';
  readonly service: Service;
  readonly scheduler: Scheduler;
  /** Seconds for which a client stays with its server. */
  readonly persistent: number;
}

/** A real server behind a service, reached by NAT. */
export interface ServerRule {
  readonly do: 'add-server' | 'edit-server';
  readonly service: Service;
  readonly server: Endpoint;
  /** Without it, ipvsadm takes 1. */
  readonly weight?: number;
}

/** What ipvsadm is asked to do. */
export type Rule =
  | ServiceRule
  | ServerRule
  | { readonly do: 'delete-service'; readonly service: Service }
  | { readonly do: 'delete-server'; readonly service: Service; readonly server: Endpoint }
  | { readonly do: 'list'; readonly service?: Service }
  | { readonly do: 'set'; readonly tcp: number; readonly tcpfin: number; readonly udp: number };

const letters = {
  'add-service': '-A',
  'edit-service': '-E',
  'delete-service': '-D',
  'add-server': '-a',
  'edit-server': '-e',
  'delete-server': '-d',
} as const;

/** The arguments for ipvsadm, always in the same form. The command comes first, as ipvsadm insists. */
export function ruleWords(rule: Rule): readonly string[] {
  switch (rule.do) {
    case 'add-service':
    case 'edit-service': {
      const how = ['-s', rule.scheduler, '-p', String(rule.persistent)];
      return [letters[rule.do], ...serviceWords(rule.service), ...how];
    }
    case 'add-server':
    case 'edit-server': {
      const weight = rule.weight === undefined ? [] : ['-w', String(rule.weight)];
      return [letters[rule.do], ...serviceWords(rule.service), '-r', endpointText(rule.server), '-m', ...weight];
    }
    case 'delete-service':
      return [letters[rule.do], ...serviceWords(rule.service)];
    case 'delete-server':
      return [letters[rule.do], ...serviceWords(rule.service), '-r', endpointText(rule.server)];
    case 'list':
      // Numbers alone: looking a name up for every address could take longer than anybody waits.
      return ['-L', '-n', ...(rule.service === undefined ? [] : serviceWords(rule.service))];
    case 'set':
      return ['--set', String(rule.tcp), String(rule.tcpfin), String(rule.udp)];
    default:
      return rule satisfies never;
  }
}

/** A service as ipvsadm names it, such as `-t 10.0.0.1:80`. */
export function serviceWords({ protocol, at }: Service): readonly string[] {
  return [protocol === 'tcp' ? '-t' : '-u', endpointText(at)];
}
