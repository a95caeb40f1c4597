/** What passed a link in one direction. */
export interface Counters {
  readonly packets: number;
  readonly bytes: number;
  readonly errors: number;
  readonly dropped: number;
}

/** What passed a link, from the link's side: what a tap received came from the virtual machine. */
export interface LinkCounters {
  readonly received: Counters;
  readonly sent: Counters;
}
