/** A UUID that depends on a text only: the same rule has the same one in every run (FNV-1a over four seeds, not secret). */
export function ruleUuid(content: string): string {
  const words = [0x811c9dc5, 0x01000193, 0x9e3779b9, 0x85ebca6b].map((seed) => fnv(content, seed));
  const hex = words.map((word) => word.toString(16).padStart(8, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
}

function fnv(content: string, seed: number): number {
  let hash = seed;
  for (let index = 0; index < content.length; index++) {
    hash = Math.imul(hash ^ content.charCodeAt(index), 0x01000193);
    hash ^= hash >>> 13;
  }
  return hash >>> 0;
}
