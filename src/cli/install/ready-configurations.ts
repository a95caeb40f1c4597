// The bundler, and that of the tests, embeds the files themselves as text, so there are no copies that could differ.
import hostTapDualStack from '../../../cni-conf/host-tap-dual-stack.conflist';
import hostTapMultiQueue from '../../../cni-conf/host-tap-multi-queue.conflist';
import hostTapServiceNetwork from '../../../cni-conf/host-tap-service-network.conflist';
import hostTapStatic from '../../../cni-conf/host-tap-static.conflist';
import hostTapVlan from '../../../cni-conf/host-tap-vlan.conflist';
import hostTap from '../../../cni-conf/host-tap.conflist';
import macvtapBehindBridge from '../../../cni-conf/macvtap-behind-bridge.conflist';
import ovsHostTapVlan from '../../../cni-conf/ovs-host-tap-vlan.conflist';
import ovsVhostUser from '../../../cni-conf/ovs-vhost-user.conflist';
import tcfilterBehindBridge from '../../../cni-conf/tcfilter-behind-bridge.conflist';
import vfioPool from '../../../cni-conf/vfio-pool.conflist';
import vfio from '../../../cni-conf/vfio.conflist';
import vhostUserForeignSwitch from '../../../cni-conf/vhost-user-foreign-switch.conflist';

/** The ready network configurations by name; each is a file of `cni-conf/`. */
export const readyConfigurations: ReadonlyMap<string, string> = new Map([
  ['host-tap-dual-stack', hostTapDualStack],
  ['host-tap-multi-queue', hostTapMultiQueue],
  ['host-tap-service-network', hostTapServiceNetwork],
  ['host-tap-static', hostTapStatic],
  ['host-tap-vlan', hostTapVlan],
  ['host-tap', hostTap],
  ['macvtap-behind-bridge', macvtapBehindBridge],
  ['ovs-host-tap-vlan', ovsHostTapVlan],
  ['ovs-vhost-user', ovsVhostUser],
  ['tcfilter-behind-bridge', tcfilterBehindBridge],
  ['vfio', vfio],
  ['vfio-pool', vfioPool],
  ['vhost-user-foreign-switch', vhostUserForeignSwitch],
]);
