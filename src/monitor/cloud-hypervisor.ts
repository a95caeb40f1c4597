import { askByHttp, type HttpAnswer, type HttpRequest } from '../host/http.ts';
import { isObject, type JsonObject, objectIn, objectOfText, stringIn } from '../json/object.ts';
import { Connection, largestAnswer } from './connection.ts';
import { garbled, quoted, refused } from './faults.ts';
import { type Monitor, type NicToPlug, ownPrefix, type PluggedNic } from './monitor.ts';
import { untilReleased } from './released.ts';

/** Cloud Hypervisor, through its API over a socket (its `vmm/src/api/openapi/cloud-hypervisor.yaml`): HTTP. */
export class CloudHypervisor extends Connection implements Monitor {
  async plug({ id, mac, queues }: NicToPlug): Promise<PluggedNic> {
    await this.unplug(id);
    // `num_queues` counts queues, and a pair has two. The file descriptors come with the request.
    const { status, body } = await this.#done('vm.add-net', { id, mac, num_queues: 2 * queues.length }, queues);
    const slot = status === 200 ? slotIn(stringIn(objectOfText(body)?.['bdf'])) : undefined;
    if (slot !== undefined) return { id, ...placeAt(slot) };
    await this.unplug(id);
    if (status === 204) throw refused(this.socket, `to plug ${id} in`, 'the virtual machine has not booted yet');
    throw garbled(this.socket, `it says of the card that it plugged in: ${quoted(body)}`);
  }

  async unplug(id: string): Promise<void> {
    if (!idsIn(await this.#information()).includes(id)) return;
    await this.#done('vm.remove-device', { id });
    const isReleased = async (): Promise<boolean> => !idsIn(await this.#information()).includes(id);
    await untilReleased(isReleased, { id, socket: this.socket, deadline: this.deadline });
  }

  async holds({ id, slot, devicePath }: PluggedNic): Promise<boolean> {
    const nodes = Object.values(nodesIn(await this.#information())).map(objectIn);
    const card = nodes.find(({ children }) => Array.isArray(children) && children.includes(id));
    const at = slotIn(stringIn(card?.['pci_bdf']));
    return at === slot && placeAt(at).devicePath === devicePath;
  }

  async ids(): Promise<readonly string[]> {
    return idsIn(await this.#information())
      .filter((id) => id.startsWith(ownPrefix))
      .sort();
  }

  async #information(): Promise<JsonObject> {
    const answer = await this.#ask({ method: 'GET', path: '/api/v1/vm.info' });
    const information = answer.status === 200 ? objectOfText(answer.body) : undefined;
    if (information === undefined || !isObject(information['device_tree'])) {
      throw answer.status >= 400
        ? this.#refusal('to describe the machine', answer)
        : garbled(this.socket, `its state is ${quoted(answer.body)}`);
    }
    return information;
  }

  async #done(action: string, value: object, files?: readonly number[]): Promise<HttpAnswer> {
    const answer = await this.#ask({ method: 'PUT', path: `/api/v1/${action}`, value, files });
    if (answer.status !== 200 && answer.status !== 204)
      throw this.#refusal(`${action} ${JSON.stringify(value)}`, answer);
    return answer;
  }

  async #ask(request: HttpRequest): Promise<HttpAnswer> {
    const limits = { longestBody: largestAnswer, garbled: (why: string) => garbled(this.socket, why) };
    return await askByHttp(this.stream, request, limits);
  }

  #refusal(doing: string, { status, body }: HttpAnswer): Error {
    return refused(this.socket, doing, `${status} ${quoted(body)}`);
  }
}

/** The slot in a PCI address: `0000:00:06.0` is 6. Undefined if it is not on the root bus. Pure. */
export function slotIn(address: string | undefined): number | undefined {
  const [, slot] = /^0000:00:([01][0-9a-f])\.0$/.exec(address ?? '') ?? [];
  return slot === undefined ? undefined : Number.parseInt(slot, 16);
}

// All devices are on the root bus.
function placeAt(slot: number): Pick<PluggedNic, 'devicePath' | 'slot'> {
  return { slot, devicePath: slot.toString(16).padStart(2, '0') };
}

// A card stays in the device tree until the guest has released it, although the configuration loses it at once.
function idsIn(information: JsonObject): readonly string[] {
  return Object.keys(nodesIn(information));
}

function nodesIn(information: JsonObject): JsonObject {
  return objectIn(information['device_tree']);
}
