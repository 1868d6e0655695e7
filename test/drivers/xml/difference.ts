/** Lines that are only in one of two texts. */
export function difference(before: string, after: string): { gone: string[]; came: string[] } {
  const left = before.split('\n');
  const right = after.split('\n');
  let head = 0;
  while (head < left.length && left[head] === right[head]) head++;
  let tail = 0;
  while (
    tail < left.length - head &&
    tail < right.length - head &&
    left.at(-1 - tail) === right.at(-1 - tail)
  )
    tail++;
  return { gone: left.slice(head, left.length - tail), came: right.slice(head, right.length - tail) };
}
