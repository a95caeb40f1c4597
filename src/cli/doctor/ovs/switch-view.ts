import { ownOvsPorts, toBridge } from '../../../host/ovs.ts';
import { listIn, mapIn, textIn } from '../../../host/ovs-answer.ts';
import { askOvs } from '../../../host/ovs-vsctl.ts';
import type { Site } from '../../../host/site.ts';
import { parseInterfaceName } from '../../../model/interface-name.ts';
import { type OvsBridge, type OvsDatabase, type OvsView } from '../../../model/ovs.ts';

/** What a database says of its switch as a whole. */
export interface SwitchView extends Pick<OvsView, 'interfaceTypes' | 'userspaceTso'> {
  /** Version of ovs-vswitchd; undefined while none has ever run with this database. */
  readonly version: string | undefined;
  readonly dpdk: {
    /** `other_config:dpdk-init`. */
    readonly isWanted: boolean;
    /** The running switch has it. */
    readonly isRunning: boolean;
  };
  readonly bridges: readonly OvsBridge[];
  /** Ports of attachments that the switch does not run, and why where it has any. */
  readonly failed: readonly { readonly name: string; readonly error: string }[];
}

/** Reads what a database says, with two processes. A text: why it does not answer. */
export async function readSwitch(database: OvsDatabase, site: Site): Promise<SwitchView | string> {
  try {
    const tables = await askOvs(
      database,
      [
        // Without names of columns: old versions lack some.
        ['list', 'Open_vSwitch'],
        ['--columns=name,datapath_type', 'list', 'Bridge'],
        ['--columns=name,mtu,mtu_request,error,ofport', 'find', 'Interface', 'type=internal'],
      ],
      site,
    );
    const ports = await ownOvsPorts(database, site);
    const [[config] = [], bridges = [], internal = []] = tables;
    const settings = mapIn(config?.['other_config']);
    return {
      version: textIn(config?.['ovs_version']),
      interfaceTypes: listIn(config?.['iface_types']).map(String),
      userspaceTso: settings['userspace-tso-enable'] === 'true',
      dpdk: {
        isWanted: ['true', 'try'].includes(settings['dpdk-init'] ?? ''),
        isRunning: config?.['dpdk_initialized'] === true,
      },
      bridges: bridges.flatMap((row) => {
        const name = parseInterfaceName(row['name']);
        if (!name.ok) return [];
        return [
          toBridge(
            name.value,
            row,
            internal.find((link) => link['name'] === row['name']),
          ),
        ];
      }),
      failed: ports.flatMap(({ name, error }) => (error === undefined ? [] : [{ name, error }])),
    };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
