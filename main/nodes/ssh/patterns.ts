/** OpenSSH's patterns: `*` is any run of characters, `?` is one, everything else is itself. Its time never explodes. */
export function matchesPattern(text: string, pattern: string): boolean {
  let at = 0;
  let next = 0;
  // where the last star stands, and what it has swallowed so far
  let star = -1;
  let resume = 0;
  while (at < text.length) {
    const wanted = pattern[next];
    if (wanted === '*') {
      star = next;
      resume = at;
      next += 1;
    } else if (wanted === '?' || wanted === text[at]) {
      next += 1;
      at += 1;
    } else if (star >= 0) {
      resume += 1;
      at = resume;
      next = star + 1;
    } else return false;
  }
  while (pattern[next] === '*') next += 1;
  return next === pattern.length;
}

/** True when one of the patterns fits and no negated one (`!pattern`) does. */
export function matchesList(text: string, patterns: readonly string[]): boolean {
  let found = false;
  for (const pattern of patterns) {
    if (!pattern.startsWith('!')) found ||= matchesPattern(text, pattern);
    else if (matchesPattern(text, pattern.slice(1))) return false;
  }
  return found;
}
