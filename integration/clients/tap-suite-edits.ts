/** An expectation in the reference tap plugin's test suite that is different for a host-tap. */
interface Edit {
  readonly why: string;
  readonly find: string;
  readonly replacement: string;
  /** How often the suite has it. If the number changes, the suite has changed, and somebody must review it again. */
  readonly times: number;
}

/** The changes to the suite before it is built. Everything else in it applies to a host-tap unchanged. */
const edits: readonly Edit[] = [
  {
    why: "a host-tap is in the host's network namespace, and so is its bridge",
    find: 'targetNS.Do(',
    replacement: 'originalNS.Do(',
    times: 5,
  },
  {
    why: "on the host its name is derived from network, sandbox and interface: the pod's name for it is the guest's",
    find: 'LinkByName(IFNAME)',
    replacement: 'LinkByName(tap)',
    times: 4,
  },
  {
    why: 'the same, where the name of the link is compared',
    find: 'Attrs().Name).To(Equal(IFNAME))',
    replacement: 'Attrs().Name).To(Equal(tap))',
    times: 2,
  },
  {
    why: 'the result names two interfaces: the tap on the host, and the one in the guest',
    find: 'Interfaces).To(HaveLen(1))',
    replacement: 'Interfaces).To(HaveLen(2))',
    times: 2,
  },
  {
    why: 'of the two, the second has the name that the runtime asked for',
    find: 'Interfaces[0].Name',
    replacement: 'Interfaces[1].Name',
    times: 2,
  },
  {
    why: 'the guest has the address, not the tap',
    find: 'addrs).To(HaveLen(1))',
    replacement: 'addrs).To(BeEmpty())',
    times: 2,
  },
  {
    why: 'dan refuses CHECK for versions that do not have it with a message of its own',
    find: 'MatchError("config version does not allow CHECK")',
    replacement: 'MatchError(ContainSubstring("CHECK"))',
    times: 1,
  },
];

/** The suite's text with {@link edits}; throws if it is not the suite for which they were written. */
export function adaptSuite(text: string): string {
  return edits.reduce((adapted, { find, replacement, times }) => {
    const parts = adapted.split(find);
    if (parts.length - 1 === times) return parts.join(replacement);
    throw new Error(
      `the suite of the tap plugin has ${parts.length - 1} times "${find}", not ${times} times: ` +
        'see what the new version expects, and bring integration/clients/tap-suite-edits.ts up to date',
    );
  }, text);
}
