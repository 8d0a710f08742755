import { expect, test } from "vitest";
import { type Bounds, Together } from "./together.ts";

/** Sent requests that end when they are told to. */
function held(bounds?: Bounds<string>) {
  const sent: { readonly requests: readonly string[]; readonly end: PromiseWithResolvers<readonly string[]> }[] = [];
  const together = new Together<string, string>((requests) => {
    const end = Promise.withResolvers<readonly string[]>();
    sent.push({ requests, end });
    return end.promise;
  }, bounds);
  const answer = (index: number): void => {
    const { requests, end } = sent[index] ?? {};
    end?.resolve(requests?.map((request) => `${request} in ${index}`) ?? []);
  };
  return { together, sent, answer };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const requestsOf = (sent: readonly { readonly requests: readonly string[] }[]) => sent.map(({ requests }) => requests);

test("requests that come while others are under way share the one that begins after them", async () => {
  const { together, sent, answer } = held();
  const first = together.run("p", "a");
  await turn();
  const others = [together.run("p", "a"), together.run("p", "b"), together.run("p", "c")];
  await turn();
  expect(requestsOf(sent)).toEqual([["a"]]);
  answer(0);
  expect(await first).toBe("a in 0");
  await turn();
  expect(requestsOf(sent)).toEqual([["a"], ["a", "b", "c"]]);
  answer(1);
  expect(await Promise.all(others)).toEqual(["a in 1", "b in 1", "c in 1"]);
});

test("other partitions do not wait", async () => {
  const { together, sent, answer } = held();
  const both = [together.run("p", "a"), together.run("q", "b")];
  await turn();
  expect(requestsOf(sent)).toEqual([["a"], ["b"]]);
  answer(1);
  answer(0);
  expect(await Promise.all(both)).toEqual(["a in 0", "b in 1"]);
});

test("what fails fails for those that were sent with it, and the next ones are sent", async () => {
  const { together, sent, answer } = held();
  const first = together.run("p", "a");
  await turn();
  const second = together.run("p", "b");
  sent[0]?.end.reject(new Error("gone"));
  await expect(first).rejects.toThrow("gone");
  await turn();
  answer(1);
  expect(await second).toBe("b in 1");
});

test("requests about one row go one after the other, in their order, and others overtake them", async () => {
  const { together, sent, answer } = held({ rowOf: (request) => request.slice(0, 1), bytesOf: () => 1 });
  const all = ["a1", "a2", "b1", "a3", "c1"].map((request) => together.run("p", request));
  for (const index of [0, 1, 2]) {
    await turn();
    answer(index);
  }
  await Promise.all(all);
  expect(requestsOf(sent)).toEqual([["a1", "b1", "c1"], ["a2"], ["a3"]]);
});

test("at most 64 requests and 256 kB go together; one that is larger goes alone", async () => {
  const { together, sent, answer } = held({ rowOf: (request) => request, bytesOf: (request) => Number(request) });
  const sizes = ["300000", "200000", "60000", "1", ...Array.from({ length: 64 }, (_, index) => String(index + 2))];
  const all = sizes.map((size) => together.run("p", size));
  for (const index of [0, 1, 2]) {
    await turn();
    answer(index);
  }
  await Promise.all(all);
  expect(requestsOf(sent).map((requests) => requests.length)).toEqual([1, 64, 3]);
});
