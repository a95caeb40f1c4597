/** What went through a link one way. */
export interface Counters {
  readonly packets: number;
  readonly bytes: number;
  readonly errors: number;
  readonly dropped: number;
}

/** What went through a link, as its own side counts: what it received came, for a tap, from the virtual machine. */
export interface LinkCounters {
  readonly received: Counters;
  readonly sent: Counters;
}
