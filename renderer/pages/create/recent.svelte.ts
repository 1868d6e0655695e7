const key = 'guestroom.recent-files';
const most = 8;

/** Files that were chosen before, the last one first; kept by the browser or Electron for this window's origin. */
class RecentFiles {
  list: readonly string[] = $state.raw(stored());
}

export const recentFiles = new RecentFiles();

export function rememberFile(path: string): void {
  recentFiles.list = [path, ...recentFiles.list.filter((other) => other !== path)].slice(0, most);
  localStorage.setItem(key, JSON.stringify(recentFiles.list));
}

function stored(): string[] {
  const text = localStorage.getItem(key) ?? '[]';
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value.filter((item) => typeof item === 'string').slice(0, most) : [];
  } catch (thrown) {
    // an older or foreign form: start anew
    if (thrown instanceof SyntaxError) return [];
    throw thrown;
  }
}
