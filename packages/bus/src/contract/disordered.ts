/** How far back an item may come again. */
const WINDOW = 20;

/**
 * Items as a bus may bring them at its worst: so many of a hundred stand before the one that they follow, and so many come
 * a second time, some later. random: 0 to 1.
 */
export function disordered<T>(items: readonly T[], random: () => number, percent = 10): readonly T[] {
  const isChosen = (): boolean => random() * 100 < percent;
  const swapped = [...items];
  for (let index = 0; index + 1 < swapped.length; index++) {
    if (!isChosen()) continue;
    const [first, second] = swapped.slice(index, index + 2);
    if (first !== undefined && second !== undefined) swapped.splice(index, 2, second, first);
  }
  return swapped.flatMap((item, index) => {
    const earlier = swapped[index - Math.floor(random() * Math.min(index, WINDOW))];
    return isChosen() && earlier !== undefined ? [item, earlier] : [item];
  });
}
