/** Hands the bytes to the browser's own download, under this name. Characters that file systems refuse become dashes. */
export function saveFile(name: string, content: Blob): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = url;
  // eslint-disable-next-line no-control-regex -- control characters are just what must not be in a name
  link.download = name.replace(/[\u0000-\u001f<>:"/\\|?*]+/g, '-');
  link.click();
  // the download has its own hold on the bytes once it has begun
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** A moment as part of a file name: 2026-11-23 10-20-30. */
export const fileTime = (time: Date): string => {
  const two = (value: number) => String(value).padStart(2, '0');
  const day = [time.getFullYear(), two(time.getMonth() + 1), two(time.getDate())].join('-');
  return `${day} ${[time.getHours(), time.getMinutes(), time.getSeconds()].map(two).join('-')}`;
};
