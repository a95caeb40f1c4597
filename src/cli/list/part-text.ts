import type { Part } from '../../node/attachments/standing.ts';

/** Tells what a state is due to, in a few words. Pure. */
export function partText(part: Part): string {
  switch (part.is) {
    case 'record-missing':
      return 'record missing';
    case 'add-unfinished':
      return 'ADD did not end';
    case 'pod-gone':
      return "pod's namespace gone";
    case 'link-missing':
      return `${part.link} missing`;
    case 'port-missing':
      return 'port missing';
    case 'entry-missing':
      return 'entry missing';
    case 'node-missing':
      return 'device node missing';
    case 'unread':
      return unreadTexts[part.place];
    case 'link-changed':
      return part.how;
    case 'port-failed':
      return `port in error: ${part.error}`;
    case 'entry-edited':
      return 'entry edited';
    default:
      return part satisfies never;
  }
}

const unreadTexts = {
  entry: 'the DAN file cannot be read',
  links: 'links cannot be read',
  port: 'the switch does not answer',
} as const;
