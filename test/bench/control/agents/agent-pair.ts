import { type AgentHome, LightAgent } from "./light-agent.ts";

/** Two agents of one network: one changes its route, the other is told. */
export class AgentPair {
  readonly #sender: LightAgent;
  readonly #receiver: LightAgent;
  #changes = 0;

  private constructor(sender: LightAgent, receiver: LightAgent) {
    this.#sender = sender;
    this.#receiver = receiver;
  }

  /** Opens the sessions of the agents of this number and the next. */
  static async open(home: AgentHome, number: number): Promise<AgentPair> {
    return new AgentPair(await LightAgent.open(home, number), await LightAgent.open(home, number + 1));
  }

  /** Milliseconds from a change of the sender's route until the receiver is told. */
  async change(): Promise<number> {
    const startedAt = performance.now();
    this.#sender.publish(++this.#changes);
    await this.#receiver.heard("reach", this.#changes);
    return performance.now() - startedAt;
  }

  close(): void {
    this.#sender.close();
    this.#receiver.close();
  }
}
