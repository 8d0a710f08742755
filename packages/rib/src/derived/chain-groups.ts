/** A chain as its group sees it. */
export interface GroupMember {
  /** Its service can be reached. */
  readonly isConnected: boolean;
  /** The group has come up or gone down. */
  groupChanged(): void;
}

/** Chains that one packet passes: while one of their services is not reached, none of them leads anywhere. */
export class ChainGroups {
  readonly #groups = new Map<string, Set<GroupMember>>();

  isUp(group: string): boolean {
    for (const member of this.#groups.get(group) ?? []) if (!member.isConnected) return false;
    return true;
  }

  /** A member comes, goes or changes: the others are told where that makes a difference for them. */
  change(group: string, member: GroupMember, change: () => void): void {
    const before = this.isUp(group);
    change();
    if (this.isUp(group) === before) return;
    for (const other of this.#groups.get(group) ?? []) if (other !== member) other.groupChanged();
  }

  join(group: string, member: GroupMember): void {
    this.change(group, member, () => {
      this.#groups.set(group, (this.#groups.get(group) ?? new Set()).add(member));
    });
  }

  leave(group: string, member: GroupMember): void {
    this.change(group, member, () => {
      const members = this.#groups.get(group);
      members?.delete(member);
      if (members?.size === 0) this.#groups.delete(group);
    });
  }
}
