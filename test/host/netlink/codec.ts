import { fromBase64, hex } from '#bytes';
import { decode, encode } from '../../../src/host/netlink/message.ts';
import { type MessageOperation, requestOf } from '../../../src/host/netlink/request.ts';
import { linkAnswers } from '../../../src/host/netlink/links.ts';
import { namesOf, toLink, toPodView } from '../../../src/host/netlink/view.ts';

/** The input. Messages are in base64. */
export interface Asked {
  readonly operations: readonly {
    readonly operation: MessageOperation;
    readonly indexes: Readonly<Record<string, number>>;
    readonly sequence: number;
  }[];
  readonly messages: readonly string[];
}

/** The output for an input. */
export function answer({ operations, messages }: Asked): unknown {
  const heard = messages.flatMap((one) => decode(fromBase64(one)));
  const answers = linkAnswers(heard);
  return {
    sent: operations.map(({ operation, indexes, sequence }) => {
      const surroundings = { indexOf: (name: string) => indexes[name] ?? 0, podFile: () => 5 };
      return hex(encode(requestOf(operation, surroundings), sequence));
    }),
    links: answers.map((one) => toLink(one, namesOf(answers))),
    pod: toPodView({ links: heard, addresses: heard, routes: heard, neighbors: heard }),
  };
}
