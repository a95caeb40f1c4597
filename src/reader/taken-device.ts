import type { AgentAnswers, AgentNeighbor, AgentRoute } from './agent.ts';
import type { SentDevice } from './guest-kernel.ts';
import type { Dropped, Reason } from './verdict.ts';

/** A device of a file as a runtime takes it, and what the guest agent makes of that. */
export interface TakenDevice extends SentDevice {
  /** The place in the file, like `devices[0]`. */
  readonly where: string;
  readonly guest_name: string;
  readonly addresses: readonly string[];
  /** As sent to the guest agent, in the order of the file; the agent adds those without a gateway first. */
  readonly routes: readonly AgentRoute[];
  /** As sent to the guest agent. */
  readonly neighbors: readonly AgentNeighbor[];
  readonly dropped: readonly Dropped[];
  /** What the guest gets otherwise than the file has it. */
  readonly altered: readonly Reason[];
  /** One answer for each of `addresses`, `neighbors` and `routes`. */
  readonly guest_agent: AgentAnswers;
}
