/** The document with another name in its first name element, all else as it was. The name has been checked by main. */
export function renamed(document: string, name: string): string {
  const escaped = name.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return document.replace(
    /(<name>)[^<]*(<\/name>)/,
    (_whole, open: string, close: string) => open + escaped + close,
  );
}
