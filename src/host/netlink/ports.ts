import { readInt32, readUint32, readUint8 } from '#bytes';
import { bridgeFamily, linkAttributes, linkHeader, linkHeaderLength, linkMessages } from './link-attributes.ts';
import { eachAttribute, type Message, type Request, wantsAll } from './message.ts';

/**
 * Asks for the ports of all bridges of a namespace. Of a bridge with a thousand ports it tells in a quarter of the bytes, and
 * a tenth of the attributes, that the question for the links of one master has as its answer.
 */
export function getPorts(): Request {
  return { type: linkMessages.get, flags: wantsAll, body: linkHeader({ family: bridgeFamily }) };
}

/** The MTU of a port, in bytes; undefined: it is that of another bridge, or the message is about something else. */
export function mtuOfPort({ type, body }: Message, bridge: number): number | undefined {
  if (type !== linkMessages.make || readUint8(body, 0) !== bridgeFamily) return undefined;
  // A bridge may be told of with its ports, as its own master.
  if (readInt32(body, 4) === bridge) return undefined;
  let master: number | undefined;
  let mtu: number | undefined;
  eachAttribute(body, linkHeaderLength, (attribute, from) => {
    if (attribute === linkAttributes.master) master = readInt32(body, from);
    else if (attribute === linkAttributes.mtu) mtu = readUint32(body, from);
  });
  return master === bridge ? mtu : undefined;
}
