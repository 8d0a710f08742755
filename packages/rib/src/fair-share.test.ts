import { expect, test } from "vitest";
import { type Backlog, FairShare } from "./fair-share.ts";

/** Work of so many units. */
class Units implements Backlog {
  left: number;

  constructor(left: number) {
    this.left = left;
  }

  get isEmpty(): boolean {
    return this.left === 0;
  }

  work(limit: number): number {
    const done = Math.min(limit, this.left);
    this.left -= done;
    return done;
  }
}

test("backlogs have equal parts of a slice, and what one leaves goes to the others", () => {
  const [large, other, small] = [new Units(1_000), new Units(1_000), new Units(4)];
  const share = new FairShare([large, other, small]);
  expect(share.work(30)).toBe(true);
  expect([large.left, other.left, small.left]).toEqual([987, 987, 0]);
});

test("a slice is no longer than it may be, and of one unit it is of another backlog each time", () => {
  const backlogs = [new Units(10), new Units(10), new Units(10)];
  const share = new FairShare(backlogs);
  for (let slice = 0; slice < 9; slice++) share.work(1);
  expect(backlogs.map(({ left }) => left)).toEqual([7, 7, 7]);
});

test("without a limit all is done, also what comes of it, and a slice in which the last of it is done says so", () => {
  const second = new Units(0);
  const first = new Units(5);
  const makesMore: Backlog = {
    get isEmpty() {
      return first.isEmpty;
    },
    work(limit) {
      second.left += 2;
      return first.work(Math.min(limit, 1));
    },
  };
  expect(new FairShare([second, makesMore]).work(Number.POSITIVE_INFINITY)).toBe(false);
  expect([first.left, second.left]).toEqual([0, 0]);
  expect(new FairShare([new Units(3)]).work(3)).toBe(false);
});
